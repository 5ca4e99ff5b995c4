"""The desk behind the page: the scenario, what it comes to, and what it comes to when moved."""

from __future__ import annotations

import logging
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from nelfin.app.moves import Moves, hashable, movable, moved
from nelfin.app.seen import Seen
from nelfin.app.worker import FAULT, BusyError, Worker
from nelfin.errors import NelfinError, NoAnswerError
from nelfin.program import Watch
from nelfin.scenario import Scenario
from nelfin.scenario.change import changed, leaves, unlike
from nelfin.store.writing import write_csv
from nelfin.system.draws import draw_positions
from nelfin.system.odds import odds_of_balance
from nelfin.system.recompute import Outcome, outcome_of, recompute
from nelfin.system.rests_on import Step, touches

KEPT = 40
"""What is kept of what was looked at last."""

PLAN_S = 60.0
"""Seconds that a capital plan may take here at the most, whatever the scenario allows."""

ODDS_S = 60.0
"""Seconds of draws: they take about one."""

WAIT_S = 0.25
"""Seconds that a request waits for a plan, which is often quick, before it says that it is not."""

DRAWS, SEED = 1_000, 0
"""Draws of the odds: those of `nelfin run`."""

DEAREST: tuple[Step, ...] = ("capital", "tables", "budgets", "prevention", "recovery")
"""Steps of a run, that which takes longest to do again first."""

IN_FORCE = "data.plan_in_force"
"""Setting that names the plan which a new one keeps to."""


@dataclass(frozen=True)
class Pending:
    """What is not there yet: a capital plan is being drawn up."""

    words: str = "Drawing up the plan"


Look = Seen | Pending


class Desk:
    """A scenario on the desk. It is used by several threads at once.

    Parameters
    ----------
    scenario
        From `load_scenario`.
    base
        What it comes to; worked out by default.

    Attributes
    ----------
    base : Seen
        What the scenario comes to as it stands.
    settings : dict
        What may be moved, by dotted key, with what the schema says of it.
    worker : Worker
        The thread that draws up plans.

    Raises
    ------
    InputError, NoAnswerError
        As for `outcome_of`.
    """

    def __init__(self, scenario: Scenario, base: Outcome | None = None) -> None:
        self.base = Seen(outcome_of(scenario) if base is None else base)
        self.settings = movable(scenario)
        self.worker = Worker()
        self._folder = tempfile.TemporaryDirectory(prefix="nelfin-app-")
        self._found: OrderedDict[Hashable, Seen] = OrderedDict({(): self.base})
        self._refused: OrderedDict[Hashable, str] = OrderedDict()
        self._working = threading.Lock()  # who comes first is served first, which is sooner for all
        self._writing = threading.Lock()

    @property
    def scenario(self) -> Scenario:
        """The scenario as it stands."""
        return self.base.outcome.scenario

    @property
    def folder(self) -> Path:
        """A folder of the app's own, which goes when it ends."""
        return Path(self._folder.name)

    def close(self) -> None:
        """Stop the worker, and delete the folder of the app's own."""
        self.worker.close()
        self._folder.cleanup()

    # ---- scenarios

    def moved(self, moves: Moves) -> Scenario:
        """Return the scenario with what is moved.

        Where a capital plan is drawn up anew, it keeps to the plan of the scenario as it stands,
        so that a touch does not swap schemes of equal worth; unless the scenario names a plan in
        force itself.

        Parameters
        ----------
        moves
            From `read_moves`.

        Raises
        ------
        InputError
            If a value is none that the setting may have.
        """
        made = moved(self.scenario, moves)
        feedback = made.capital.feedback or self.scenario.capital.feedback
        if not touches("capital", moves, feedback) or not self._keeps_still(made):
            return made
        return changed(made, {IN_FORCE: str(self.plan_file())})

    def _keeps_still(self, made: Scenario) -> bool:
        # schemes in part start in several years: there is no start to keep
        in_part = made.capital.relax or self.scenario.capital.relax
        return not in_part and self.base.outcome.inputs.plan_in_force.empty

    def plan_file(self) -> Path:
        """Return the capital plan of the scenario as it stands, as a table; written when asked."""
        file = self.folder / "plan-in-force.csv"
        with self._writing:
            if not file.is_file():
                write_csv(plan_in_force(self.base.outcome), file)
        return file

    # ---- what they come to

    def look(self, moves: Moves, page: str = "", wait_s: float = WAIT_S) -> Look:
        """Return what the scenario comes to with what is moved, or that it is not there yet.

        Parameters
        ----------
        moves
            From `read_moves`.
        page
            Which page asks.
        wait_s
            Seconds to wait for a capital plan.

        Raises
        ------
        InputError
            If a value is none that the setting may have.
        NoAnswerError
            If no plan meets the limits and rules, or none was found in time.
        BusyError
            If too much is being worked out.
        """
        key = tuple((name, hashable(value)) for name, value in moves.items())
        return self.look_at(key, lambda: self.moved(moves), page, wait_s)

    def look_at(
        self,
        key: Hashable,
        scenario: Callable[[], Scenario],
        page: str = "",
        wait_s: float = WAIT_S,
    ) -> Look:
        """Return what a scenario comes to, or that it is not there yet.

        Parameters
        ----------
        key
            Of the scenario: whatever differs has another.
        scenario
            Makes it.
        page, wait_s
            As for `look`.
        """
        known = self._known(key)
        if known is not None:
            return known
        made = scenario()
        with self._working:
            known = self._known(key)
            if known is not None:
                return known
            before, keys = self._nearest(made)
            feedback = made.capital.feedback or before.scenario.capital.feedback
            if not touches("capital", keys, feedback):
                return self._keep(key, recompute(before, made))

        def work(watch: Watch) -> None:
            self._draw_up(key, before, made, watch)

        limit = min(made.capital.time_limit_s, PLAN_S)
        job = self.worker.ask("plan", key, work, limit, page)
        job.ended.wait(wait_s)
        return self._known(key) or Pending()

    def odds(self, seen: Seen, page: str = "") -> bool:
        """Have the odds of balance worked out, and say whether they are there.

        Who asks for the first time is about to be shown figures: drawing begins when the page comes
        again for the odds, so that it slows nothing down, and is spared for what is only passed.

        Parameters
        ----------
        seen
            What a scenario comes to; it takes the odds.
        page
            Which page asks.
        """
        if seen.odds is not None or seen.no_odds or seen.odds_fail:
            return True
        if not seen.odds_wanted:
            seen.odds_wanted = True
            return False
        try:
            self.worker.ask("odds", seen.key, lambda _: _draw(seen), ODDS_S, page)
        except BusyError:  # they come later
            return False
        return False

    def _known(self, key: Hashable) -> Seen | None:
        """Return what is known of a case; raise why there is nothing of it."""
        if words := self._refused.get(key):
            raise NoAnswerError(words)
        found = self._found.get(key)
        if found is not None:
            with self._writing:
                if key in self._found:
                    self._found.move_to_end(key)
        return found

    def _keep(self, key: Hashable, outcome: Outcome) -> Seen:
        seen = Seen(outcome, self.base, key)
        with self._writing:
            self._found[key] = seen
            oldest = [each for each in self._found if each != ()]
            for each in oldest[: max(len(self._found) - KEPT, 0)]:
                del self._found[each]
        return seen

    def _nearest(self, scenario: Scenario) -> tuple[Outcome, list[str]]:
        """Return the case of which most can be kept, and the settings that differ from it."""
        with self._writing:
            known = list(reversed(self._found.values()))
        own = leaves(scenario)
        keys = [unlike(own, seen.leaves) for seen in known]

        def cost(at: int) -> tuple[bool, ...]:
            feedback = scenario.capital.feedback or known[at].scenario.capital.feedback
            return tuple(touches(step, keys[at], feedback) for step in DEAREST)

        best = min(range(len(known)), key=cost)
        return known[best].outcome, keys[best]

    def _draw_up(self, key: Hashable, before: Outcome, scenario: Scenario, watch: Watch) -> None:
        """Work out a case with a capital plan of its own, or keep why there is none."""
        words = (
            "The capital plan was not found in the time that the app gives it. Keep the scenario "
            "and run it: nelfin run has no such limit."
        )
        capped = scenario.capital.time_limit_s > PLAN_S or scenario.capital.feedback
        outcome = None
        try:
            outcome = recompute(before, scenario, watch)
        except NelfinError as error:
            words = words if capped and watch.left() <= 0 else str(error)
        except Exception as error:  # kept like any other answer, or the page would ask for ever
            logging.getLogger(__name__).exception("A case of the app failed")
            words = FAULT.format(type(error).__name__)
        if watch.stopped:
            return
        if outcome is None or (capped and watch.left() <= 0):
            with self._writing:
                self._refused[key] = words
                while len(self._refused) > KEPT:
                    self._refused.popitem(last=False)
            return
        self._keep(key, outcome)


def plan_in_force(outcome: Outcome) -> pd.DataFrame:
    """Return the capital plan of a case as a table that another plan keeps to.

    Parameters
    ----------
    outcome
        What a scenario comes to.

    Returns
    -------
    pandas.DataFrame
        A row a funded scheme: `project_id, start_year, name, funded_share`.
    """
    plan = outcome.joint.plan.plan
    funded = plan[plan["status"] != "not funded"]
    return funded[["project_id", "start_year", "name", "funded_share"]]


def _draw(seen: Seen) -> None:
    """Draw the odds of balance of a case, as a run draws them."""
    case = seen.outcome
    try:
        positions = draw_positions(case.scenario, case.inputs, case.joint, DRAWS, SEED)
        odds = odds_of_balance(positions).to_series()
    except NelfinError as error:
        seen.odds_fail = str(error)
    except Exception as error:  # kept, or the page would ask for ever
        logging.getLogger(__name__).exception("Odds of the app failed")
        seen.odds_fail = FAULT.format(type(error).__name__)
    else:
        seen.odds = {str(year): float(share) for year, share in odds.items()}
