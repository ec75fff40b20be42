// Compiles assets/ into build/static: Tailwind + daisyUI for the style sheet, esbuild for the script.
// optimize: true lets Lightning CSS unnest first; preset-env hangs on Tailwind's nested output.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as esbuild from "esbuild";
import postcss from "postcss";
import presetEnv from "postcss-preset-env";
import tailwind from "@tailwindcss/postcss";

const OUT = "build/static";
const OLDEST = ["chrome >= 87", "ios_saf >= 14"]; // system web views people still carry

mkdirSync(OUT, { recursive: true });

const from = "assets/app.css";
const { css } = await postcss([tailwind({ optimize: true }), presetEnv({ browsers: OLDEST })]).process(
  readFileSync(from),
  { from },
);
const { code } = await esbuild.transform(css, { loader: "css", minify: true, target: "es2020" });
writeFileSync(`${OUT}/app.css`, code);

await esbuild.build({
  entryPoints: ["assets/app.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2020", // esbuild cannot lower destructuring any further
  legalComments: "none",
  outdir: OUT,
});

copyFileSync("assets/icon.svg", `${OUT}/icon.svg`);
