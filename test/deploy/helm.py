"""Helm's own library, from a package that needs no Helm and no compiler: `helm.py PACKAGE CHART lint|render VALUES-AS-JSON`."""

import json
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from helm_python.chart import Chart, lint  # noqa: E402

_, _, chart, verb, values = sys.argv
if verb == "lint":
    report = lint(chart, json.loads(values), strict=True, kube_version="v1.37.0")
    if report["errors"] or any(message["severity"] > 1 for message in report["messages"]):
        sys.exit(json.dumps(report, indent=1))
else:
    try:
        print("\n---\n".join(Chart.load(chart).render(json.loads(values), name="parley").values()))
    except Exception as error:
        sys.exit(str(error))
