"""Kills one kind of work at random moments, and looks at what that leaves: killed.py ACT FOLDER TIMES SEED.

Afterwards there is the old state or the new one; another attempt goes through to the new one, and nothing of the broken one is left.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from acts import ACTS, Act
from forking import Fork, done


def duration(act: Act) -> float:
    """How long a turn takes that nobody disturbs."""
    took = []
    for state in (0, 1):
        began = time.monotonic()
        done(lambda state=state: act.do(state))  # type: ignore[misc]
        took.append(time.monotonic() - began)
        act.left()
    return max(took)


def apart(found: object, states: Iterable[object]) -> str:
    """In what the state found is another than these, in words."""
    if not isinstance(found, dict):
        return f"{found}, not {' or '.join(map(str, states))}"
    known = [state for state in states if isinstance(state, dict)]
    names = sorted({name for state in (found, *known) for name in state})
    rows = ((name, found.get(name), [state.get(name) for state in known]) for name in names)
    return "\n".join(f"{name}: {there}, not {' or '.join(map(str, wanted))}" for name, there, wanted in rows if there not in wanted)


def kill(act: Act, times: int, seed: int) -> str:
    """Do that so many times and return what was found, in a line."""
    rng = random.Random(seed)
    span = 1.4 * duration(act)  # a little more, for on a busy machine it takes longer than it did
    midway, found = 0, {"old": 0, "new": 0, "part by part": 0}
    for number in range(times):
        state = number % 2
        child = Fork(lambda state=state: act.do(state))  # type: ignore[misc]
        time.sleep(rng.uniform(0, span))
        midway += act.strike(child)
        there = act.look()
        if act.is_between(there):
            sys.exit(f"kill {number} of seed {seed} left what is neither state:\n{apart(there, act.states)}")
        found["new" if there == act.states[state] else "old" if there == act.states[1 - state] else "part by part"] += 1
        done(lambda state=state: act.do(state))  # type: ignore[misc]
        if (there := act.look()) != act.states[state]:
            sys.exit(f"after kill {number} of seed {seed}, another attempt made something else:\n{apart(there, (act.states[state],))}")
        if left := act.left():
            sys.exit(f"kill {number} of seed {seed} left behind {left}")
    if not midway:
        sys.exit(f"none of {times} kills found it at work")
    kinds = ", ".join(f"{count} {name}" for name, count in found.items() if count)
    return f"{times} kills (seed {seed}), {midway} of them midway; found: {kinds}"


def main() -> None:
    name, folder, times, seed = sys.argv[1:]
    act = ACTS[name](Path(folder))
    try:
        act.prepare()
        print(f"{act.about}: {kill(act, int(times), int(seed))}")
    finally:
        act.close()


if __name__ == "__main__":
    main()
