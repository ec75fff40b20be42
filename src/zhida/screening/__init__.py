"""Screening: run the published measures on a snapshot and freeze what they decide.

Entry points: ``run.screen`` (all subjects), ``case.check_case`` (one hypothetical subject),
``simulate.simulate`` (a changed measure, nothing stored), ``replay``, ``explain`` and ``queries``.
"""
