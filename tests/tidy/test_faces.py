"""Whoever uses a domain uses its face, never a file behind it; only the app, which wires everyone, may."""

from tests.tidy.source import domains, imports, nothing

WIRES = ("onehall.app",)


def test_only_faces_of_domains_are_imported() -> None:
    graph = imports()
    wrong = []
    for name in domains():
        room = f"onehall.domains.{name}"
        for behind in graph.find_descendants(room):
            for importer in graph.find_modules_that_directly_import(behind):
                inside = importer == room or importer.startswith(f"{room}.")
                if not inside and not importer.startswith(WIRES):
                    wrong.append(f"{importer} -> {behind}")
    nothing(wrong)


def test_no_file_of_a_domain_imports_its_own_face() -> None:
    graph = imports()
    wrong = [
        importer
        for name in domains()
        for importer in graph.find_modules_that_directly_import(f"onehall.domains.{name}")
        if importer.startswith(f"onehall.domains.{name}.")
    ]
    nothing(wrong)
