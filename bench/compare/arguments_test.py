"""What bench/run.sh takes, and what it says of what it does not; what is read
from other programs' output."""

import contextlib
import importlib.util
import io
import pathlib
import unittest

import counting
import fleet_resources

HERE = pathlib.Path(__file__).resolve().parent


def script():
    """__main__.py, as a module."""
    spec = importlib.util.spec_from_file_location("script",
                                                  HERE / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ArgumentsTest(unittest.TestCase):
    def setUp(self):
        self._parser = script().argument_parser()

    def refusal(self, *arguments):
        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            with self.assertRaises(SystemExit) as end:
                self._parser.parse_args(arguments)
        self.assertEqual(end.exception.code, 2)
        return said.getvalue()

    def test_everything_is_measured_unless_said_otherwise(self):
        arguments = self._parser.parse_args([])
        self.assertEqual(arguments.only[-1], "weir")
        self.assertIn("wide-streams", arguments.rows)

    def test_names_are_taken_in_the_order_of_the_tables(self):
        arguments = self._parser.parse_args(
            ["--only", "weir,nginx", "--rows", "tls,requests"])
        self.assertEqual(arguments.only, ["nginx", "weir"])
        self.assertEqual(arguments.rows, ["requests", "tls"])

    def test_a_wrong_name_is_told_with_the_right_ones(self):
        self.assertRegex(self.refusal("--only", "weir,apache"),
                         r"--only: there is no target 'apache', only direct, ")
        self.assertRegex(self.refusal("--rows", ""),
                         r"--rows: there is no group of rows '', only req")

    def test_a_number_is_positive(self):
        for wrong in ("0", "-1", "x", "1.5"):
            self.assertIn(f"'{wrong}' is not a positive whole number",
                          self.refusal("--rounds", wrong))
        for wrong in ("0", "nan", "inf"):
            self.assertIn(f"'{wrong}' is not a positive number",
                          self.refusal("--duration", wrong))


class MergedTest(unittest.TestCase):
    def test_measures_of_one_round_add_up(self):
        self.assertEqual(
            script().merged([{"weir": {"a": 1}, "nginx": {"a": 2}},
                             {"weir": {"b": 3}}, {}]),
            {"weir": {"a": 1, "b": 3}, "nginx": {"a": 2}})


class CallsTest(unittest.TestCase):
    def test_are_read_from_what_strace_prints(self):
        self.assertEqual(counting.calls_in("""\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 61.55    0.400000           9     40000           sendmsg
 38.45    0.250000           6     40010         7 recvfrom
------ ----------- ----------- --------- --------- ----------------
100.00    0.650000           8     80010         7 total
"""), {"sendmsg": 40000, "recvfrom": 40010})

    def test_are_read_from_what_perf_prints(self):
        self.assertEqual(counting.calls_counted("""\
# started on Mon Nov 23 23:10:56 2026

80010,,raw_syscalls:sys_enter,1000,100.00,,
"""), 80010)

    def test_that_perf_does_not_count_are_told(self):
        with self.assertRaisesRegex(RuntimeError, "not counted"):
            counting.calls_counted(
                "<not counted>,,raw_syscalls:sys_enter,0,100.00,,")


class CatalogTest(unittest.TestCase):
    def test_has_as_many_models_targets_and_keys_as_it_should(self):
        text = fleet_resources.catalog(7, 3, 2, 4)
        self.assertEqual(text.count("{provider: "), 6)
        self.assertEqual(text.count("base_url: http://127.0.0.1:7/v1"), 2)
        self.assertEqual(text.count("secret_sha256"), 4)
        self.assertIn("- name: bench-2\n", text)

    def test_one_of_each_has_the_name_that_the_load_asks_for(self):
        text = fleet_resources.catalog(7, 1, 1, 1)
        self.assertIn("- name: bench\n", text)
        self.assertEqual(text.count("secret_sha256"), 1)


if __name__ == "__main__":
    unittest.main()
