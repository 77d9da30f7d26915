"""Write data/links/<name>.ttl from each mapping set data/links/<name>.sssom.tsv, after it has passed the gate."""

from __future__ import annotations

import sys

from comity import dataset, turtle
from comity.errors import ComityError
from comity.links import faults, mapping_sets, read, triples
from comity.links.gate import fitting_classes, types_of
from comity.links.sssom import SUFFIX
from generated import settle


def main() -> int:
    status = 0
    try:
        types = types_of(dataset.read("curated"))
        for name, path in mapping_sets().items():
            mappings = read(path)
            for fault in faults(mappings, types, fitting_classes()):
                print(fault, file=sys.stderr)
                status = 1
            target = path.with_name(path.name.removesuffix(SUFFIX) + ".ttl")
            complaint = f"{target.name}: not what {path.name} gives for graph {name}; run: make format"
            if not status:
                status |= settle(target, turtle.serialize(triples(mappings.mappings)), complaint)
    except ComityError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return status


if __name__ == "__main__":
    sys.exit(main())
