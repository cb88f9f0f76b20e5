"""When a goal counts as met."""

import unittest

import goals
from goals import By, Goal, Metric, Verdict

RATIO = Goal("a", "cpu", 0.85, 0.8, By.RATIO, Metric("nginx", "cpu"))
OWN = Goal("b", "two", 1.05, None, By.RATIO, Metric("weir", "one"))
DIFFERENCE = Goal("c", "p99", 1.0, None, By.DIFFERENCE, Metric("weir", "calm"))
ITSELF = Goal("d", "kb", 8, 4)


class JudgeTest(unittest.TestCase):
    def assert_judged(self, goal, result, value, verdict):
        judged = goals.judge(goal, result)
        self.assertEqual(judged.verdict, verdict)
        if value is None:
            self.assertIsNone(judged.value)
        else:
            self.assertAlmostEqual(judged.value, value)

    def test_a_value_is_met_up_to_its_limit(self):
        for value, verdict in ((8.01, Verdict.MISSED), (8, Verdict.MET),
                               (4.01, Verdict.MET), (4, Verdict.STRETCH)):
            self.assert_judged(ITSELF, {"weir": {"kb": value}}, value, verdict)

    def test_a_ratio_is_to_the_other_targets_same_metric(self):
        for cpu, verdict in ((8.6, Verdict.MISSED), (8.5, Verdict.MET),
                             (8, Verdict.STRETCH)):
            result = {"weir": {"cpu": cpu}, "nginx": {"cpu": 10}}
            self.assert_judged(RATIO, result, cpu / 10, verdict)

    def test_a_ratio_may_be_to_another_metric_of_its_own(self):
        self.assert_judged(OWN, {"weir": {"one": 10, "two": 10.4}}, 1.04,
                           Verdict.MET)
        self.assert_judged(OWN, {"weir": {"one": 10, "two": 10.6}}, 1.06,
                           Verdict.MISSED)

    def test_a_difference_may_be_negative(self):
        self.assert_judged(DIFFERENCE, {"weir": {"calm": 3, "p99": 2}}, -1,
                           Verdict.MET)
        self.assert_judged(DIFFERENCE, {"weir": {"calm": 3, "p99": 4.5}}, 1.5,
                           Verdict.MISSED)

    def test_what_was_not_measured_is_neither_met_nor_missed(self):
        for result in ({}, {"weir": {}}, {"weir": {"cpu": 8}},
                       {"weir": {"cpu": 8}, "nginx": {}},
                       {"weir": {"cpu": 8}, "nginx": {"cpu": 0}}):
            self.assert_judged(RATIO, result, None, Verdict.UNKNOWN)


class RenderedTest(unittest.TestCase):
    def row_of(self, result, what):
        rows = [row for row in goals.rendered(result).splitlines()
                if what in row]
        self.assertEqual(len(rows), 1, rows)
        return rows[0]

    def test_targets_stand_side_by_side(self):
        result = {name: {"body.cpu_us": cpu} for name, cpu in (
            ("relay", 200), ("nginx", 400), ("haproxy", 300), ("weir", 250))}
        self.assertEqual(
            self.row_of(result, "1 MB"),
            "| CPU us a request with 1 MB body, x nginx | 0.7 |  | 250.00 | "
            "400.00 | 300.00 | 200.00 | 0.62 | yes |")

    def test_what_a_metric_is_compared_with_stands_in_brackets(self):
        result = {"weir": {"workers.1.sat.cpu_us": 10,
                           "workers.2.sat.cpu_us": 11}}
        self.assertIn("| 11.00 (10.00) | - | - | - | 1.10 | no |",
                      self.row_of(result, "2 workers"))

    def test_only_what_was_measured_has_a_row(self):
        result = {"weir": {"wide.kb": 5}, "nginx": {"sat.cpu_us": 10}}
        self.assertEqual(len(goals.rendered(result).splitlines()), 3)

    def test_each_goal_has_a_name_of_its_own(self):
        names = [goal.what for goal in goals.ALL]
        self.assertEqual(len(names), len(set(names)))

    def test_a_stretch_is_nearer_than_its_goal(self):
        for goal in goals.ALL:
            if goal.stretch is not None:
                self.assertLess(goal.stretch, goal.most, goal.what)


if __name__ == "__main__":
    unittest.main()
