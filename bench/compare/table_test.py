"""What the tables show of what was measured."""

import unittest

import table


class MediansTest(unittest.TestCase):
    def test_are_of_each_metric_over_the_rounds(self):
        rounds = [{"weir": {"sat.rps": rps}} for rps in (3, 1, 2)]
        self.assertEqual(table.medians(rounds), {"weir": {"sat.rps": 2}})

    def test_a_metric_that_a_round_lacks_is_the_others(self):
        rounds = [{"weir": {"counts.chunk.calls": 2}}, {"weir": {}}]
        self.assertEqual(table.medians(rounds),
                         {"weir": {"counts.chunk.calls": 2}})

    def test_added_latency_is_that_above_direct_in_the_same_round(self):
        rounds = [{"direct": {"5000.p50": base}, "weir": {"5000.p50": whole}}
                  for base, whole in ((1, 4), (10, 12), (3, 4))]
        result = table.medians(rounds)
        self.assertEqual(result["weir"]["5000.p50"], 4)
        self.assertEqual(result["weir"]["5000.p50.added"], 2)

    def test_without_direct_nothing_is_added_to(self):
        result = table.medians([{"weir": {"5000.p50": 1}}])
        self.assertNotIn("5000.p50.added", result["weir"])


class RenderTest(unittest.TestCase):
    def test_is_markdown(self):
        self.assertEqual(table.render(["a", "b"], [["1", "2"]]),
                         "| a | b |\n| --- | --- |\n| 1 | 2 |")

    def test_what_was_not_measured_has_no_table(self):
        self.assertEqual(table.requests_table({"weir": {"sse.kb": 1}}), "")
        self.assertEqual(table.streams_table({"weir": {"sat.rps": 1}}), "")

    def test_ratios_are_to_nginx(self):
        result = {"nginx": {"sat.rps": 1000, "sat.cpu_us": 10},
                  "weir": {"sat.rps": 1000, "sat.cpu_us": 8}}
        self.assertIn("| weir | 1,000 | 8.00 | 0.80 | - |",
                      table.requests_table(result))

    def test_without_nginx_there_is_no_ratio(self):
        result = {"weir": {"sat.rps": 1000, "sat.cpu_us": 8}}
        self.assertIn("| weir | 1,000 | 8.00 | - | - |",
                      table.requests_table(result))


if __name__ == "__main__":
    unittest.main()
