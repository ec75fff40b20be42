"""Speed of Zhida, measured beside the same rules in other engines. Results: docs/performance.md.

    make bench                                   the usual set, tables in build/bench/
    .venv/bin/python bench/screening.py --help   whole populations: 1M, 10M, 100M subjects
    .venv/bin/python bench/one_subject.py        one subject with its readable reasons
    .venv/bin/python bench/product.py            the screening command's own path into PostgreSQL

Every figure is a ratio inside one run: engines take turns, each in a process of its own, and a table
gives medians over the rounds. Wide tables come straight from the synthetic county's generator
(``wide``), so ten million subjects take minutes. OpenFisca-Core (AGPL) and zen-engine live only in
``build/bench-venv``, made from ``bench/requirements.lock``; their processes get the rules as text
(``numpy_text``, ``zen_text``) and never load this program.
"""
