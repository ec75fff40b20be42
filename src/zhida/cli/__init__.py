"""``zhida``: everything the web can do, from a shell. One module per command, loaded when asked for."""

from __future__ import annotations

from zhida.cli.base import LazyGroup, t

# name -> (module:attribute, Chinese and English summary)
COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("zhida.cli.run:run", "准备好一切并打开网页", "Set everything up and serve the pages"),
    "demo": ("zhida.cli.demo:demo", "生成并载入一个合成县", "Make and load a synthetic county"),
    "import": ("zhida.cli.import_:import_", "导入主体名册或部门数据", "Import the registry or a department feed"),
    "catalog": ("zhida.cli.catalog:catalog", "检查、发布、比较政策包", "Check, publish and compare policy packages"),
    "places": ("zhida.cli.places:places", "列出行政区划", "List the places"),
    "facts": ("zhida.cli.facts:facts", "列出事实词汇表", "List the fact vocabulary"),
    "screen": ("zhida.cli.screen:screen", "按日期筛查全部主体", "Screen all subjects as of a date"),
    "list": ("zhida.cli.list_:list_", "一项政策的拟享名单", "The proposed list of one measure"),
    "explain": ("zhida.cli.explain:explain", "说明一户的判定理由", "Explain the decisions for one subject"),
    "simulate": ("zhida.cli.simulate:simulate", "试算改动后的政策", "Try a changed measure without publishing it"),
    "replay": ("zhida.cli.replay:replay", "按原样重算一次判定", "Recompute a decision to the same bytes"),
    "check": ("zhida.cli.check:check", "试算一户假设情形", "Check one hypothetical case"),
    "coverage": ("zhida.cli.coverage:coverage", "逐条列出条款与证明", "List every clause and what proves it"),
    "db": ("zhida.cli.db:db", "内置数据库", "The embedded database"),
}

main = LazyGroup(
    COMMANDS,
    name="zhida",
    help=t(
        "直达：让纾困政策找到该得的店。每个命令加 --help 看说明，加 --json 得到机器可读的结果。",
        "Zhida: relief that finds the shop it was meant for. Add --help to any command for its use, "
        "--json for machine-readable results.",
    ),
)
