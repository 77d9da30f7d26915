"""Write what is said of the questions: docs/questions, queries/catalogue.ttl and docs/openapi.json, all from queries/*.rq.

    python scripts/document_questions.py            # write them
    python scripts/document_questions.py --check    # exit with 1 if one is not up to date

Nothing in them is kept by hand.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyoxigraph as ox

from comity.errors import ComityError
from comity.questions import list_questions
from documents import catalogue, openapi, pages
from generated import settle, settle_folder

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = "scripts/document_questions.py"


def main() -> int:
    complaint = f"not what the questions in queries/ say; run: python {SCRIPT}"
    folder = ROOT / "docs" / "questions"
    try:
        questions = list_questions(ROOT)
        titles = pages.titles(ox.parse(path=str(ROOT / "data" / "entities" / "section.ttl")))
        texts = {
            f"{question.name}.md": pages.page(question, titles, f"{SCRIPT} from queries/{question.name}.rq")
            for question in questions
        }
        texts["README.md"] = pages.index(questions, f"{SCRIPT} from queries/*.rq")
        others = {
            ROOT / "queries" / "catalogue.ttl": catalogue.catalogue(questions),
            ROOT / "docs" / "openapi.json": openapi.document(questions),
        }
    except (ComityError, catalogue.TwoMeanings) as error:
        print(error, file=sys.stderr)
        return 3
    status = settle_folder(folder, texts, f"docs/questions/{{name}}: {complaint}")
    for target, text in others.items():
        status |= settle(target, text, f"{target.relative_to(ROOT)}: {complaint}")
    return status


if __name__ == "__main__":
    sys.exit(main())
