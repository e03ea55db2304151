"""Long runs with real processes, never part of `make test`.

bench     `make bench`: ratios against floors rebuilt in the same run
faults    `make faults`: what is left after kills and outages
corpus    briefs and checks of the corpus
"""
