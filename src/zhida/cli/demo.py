"""``zhida demo``: a seeded synthetic county, as files and, unless only those are wanted, loaded."""

from __future__ import annotations

from pathlib import Path

import click

from zhida.cli.base import FINDINGS, OK, REFUSED, emit, fail, json_option, setup_django, t

OUT = click.Path(path_type=Path, file_okay=False)


@click.command(help=t("生成一个合成县并载入。", "Make a synthetic county and load it."))
@click.option("--subjects", default=20_000, show_default=True, type=click.IntRange(1, 100_000_000))
@click.option("--seed", default=7, show_default=True, type=click.IntRange(0))
@click.option("--out", type=OUT, help=t("只写文件到此目录，不载入", "only write the files here, load nothing"))
@json_option
def demo(subjects: int, seed: int, out: Path | None, as_json: bool) -> int:
    """Make the county; with ``--out`` only its files."""
    if out is not None:
        return _files_only(out, subjects, seed, as_json)
    setup_django()
    from zhida.catalog import CatalogError
    from zhida.exchange.refusal import FileRefused
    from zhida.synthetic.demo import load

    try:
        run = load(subjects, seed, say=_say)
    except CatalogError as error:
        for problem in error.problems[:20]:
            click.echo(t(problem.zh, problem.en), err=True)
        fail(REFUSED, "政策包有误，未载入。", "The policy packages have errors; nothing was loaded.")
    except FileRefused as refused:
        fail(REFUSED, refused.zh, refused.en)
    emit(
        {"subjects": subjects, "seed": seed, "run": run},
        as_json=as_json,
        human=lambda: click.echo(t(f"已载入 {subjects} 户，筛查批次 {run}", f"{subjects} subjects loaded, run {run}")),
    )
    return OK


def _files_only(out: Path, subjects: int, seed: int, as_json: bool) -> int:
    from zhida.catalog import shipped
    from zhida.exchange.definitions import of_library
    from zhida.synthetic.demo import write

    if out.exists() and any(out.iterdir()):
        fail(REFUSED, f"目录“{out}”不是空的。", f"The directory “{out}” is not empty.")
    paths = write(out, of_library(shipped()), subjects=subjects, seed=seed)
    emit(
        {name: str(path) for name, path in paths.items()},
        as_json=as_json,
        human=lambda: click.echo("\n".join(str(path) for path in paths.values())),
    )
    return OK if paths else FINDINGS


def _say(zh: str, en: str) -> None:
    click.echo(t(zh, en) + "……", err=True)
