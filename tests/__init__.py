"""The tests of twlint; they mirror `linter/`."""
