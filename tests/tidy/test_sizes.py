"""What does not fit on a screen is not understood: functions of 40 lines, files of 300, at most."""

from tests.tidy.source import definitions, kept_files, nothing, place, python_files

FUNCTION_LINES_MAX = 40
FILE_LINES_MAX = 300


def test_no_function_is_longer_than_forty_lines() -> None:
    long = [
        f"{place(path, node)} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path in python_files()
        for node in definitions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]
    nothing(long)


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    read = [path for path in kept_files() if path.suffix in {".py", ".html"}]
    counted = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in read}
    nothing(f"{lines}: {name!r}" for name, lines in counted.items() if lines > FILE_LINES_MAX)
