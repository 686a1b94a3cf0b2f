"""Can the landed inputs be believed? Great Expectations answers, on the engine of the run.

``suites`` says what is expected of which table, ``runner`` has it judged and
documented, ``results`` keeps the answers in the warehouse. Great Expectations
takes seconds to import, so only :func:`runner.check_inputs` imports it, when called.
"""
