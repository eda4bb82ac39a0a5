# SPDX-License-Identifier: Apache-2.0
"""Splink 5 on the file and columns of bench-link.sh, with its own recommended comparisons: splink_dedupe.py FILE.csv BY OUT.csv; OUT has a column cluster, rows in order."""
import sys

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

path, by, out = sys.argv[1:4]
columns = [item.split(":") for item in by.split(",")]
rows = pd.read_csv(path, dtype=str)
rows = rows.apply(lambda c: c.str.strip()).replace("", None)
rows["row"] = range(len(rows))
made = {
    "latin": lambda c: cl.JaroWinklerAtThresholds(c, [0.92, 0.8]).configure(term_frequency_adjustments=True),
    "text": lambda c: cl.LevenshteinAtThresholds(c, [1, 3]).configure(term_frequency_adjustments=True),
    "address": lambda c: cl.LevenshteinAtThresholds(c, [1, 3]),
    "code": lambda c: cl.LevenshteinAtThresholds(c, [1]),
    "date": lambda c: cl.LevenshteinAtThresholds(c, [1, 2]),
}
names = [c for c, t in columns if t == "latin"]
dates = [c for c, t in columns if t == "date"]
rules = [block_on(names[0], names[1])] + [block_on(n, d) for n in names for d in dates] + [block_on(d) for d in dates]
rules += [block_on(c) for c, t in columns if c in ("email", "soc_sec_id")] + [block_on(n) for n in names]
settings = SettingsCreator(link_type="dedupe_only", unique_id_column_name="row", comparisons=[made[t](c) for c, t in columns],
                           blocking_rules_to_generate_predictions=rules)
db = DuckDBAPI()
linker = Linker(db.register(rows), settings)
linker.training.estimate_probability_two_random_records_match(rules[:2], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
for rule in (block_on(dates[0]), block_on(names[0], names[1])):
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
edges = linker.inference.predict(threshold_match_probability=0.05)
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, 0.5).as_pandas_dataframe()
clusters.sort_values("row")[["row", "cluster_id"]].rename(columns={"cluster_id": "cluster"}).to_csv(out, index=False)
