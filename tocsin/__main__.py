"""The command line: `tocsin COMMAND`. Exit codes: 0 fine, 1 failed, 2 bad usage or bad input."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

COMMANDS = {
    "up": "run everything here, on embedded PostgreSQL and Valkey unless told otherwise",
    "demo": "the same with people, runbooks and a crisis that unfolds while you watch",
    "web": "run the web process",
    "worker": "run a worker process",
    "migrate": "bring the database to the newest schema, with the runbooks that come with Tocsin",
    "setup": "create people, brands, monitors, rotas and policies from a TOML file",
    "password": "give somebody a new password",
    "import": "load mentions from a CSV or JSON lines file",
    "requeue": "have batches of mentions that were set aside tried again",
    "replay": "feed a timestamped file through the live pipeline as if it happened now",
    "detect": "read timestamp,value from stdin, write it with anomaly_score,is_alert",
    "sentiment": "read JSON lines with a text from stdin, write lang, label and score",
    "corrections": "write what people said of sentiments or labels as JSON lines, to train with",
    "copies": "read JSON lines with a text from stdin, write which story each tells and whether it is a copy",
    "backtest": "what a detector would have raised over the past",
    "explain": "how an alert came about, computed again from the stored minutes",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; its module is imported only when it is the one that was asked for."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="tocsin", description="Crisis management, from mention to lesson.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    module = None
    for name, words in COMMANDS.items():
        command = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        if given[:1] == [name]:
            module = import_module("tocsin.commands." + name + ("_" if name == "import" else ""))
            module.configure(command)
    options = parser.parse_args(given)
    if module is None:  # an option stood before the command, which argparse takes but we do not
        parser.error("name the command first")
    return _run(module.run, options)


def _run(run: object, options: argparse.Namespace) -> int:
    assert callable(run)
    try:
        return int(run(options))
    except BrokenPipeError:
        # Whoever read our output has gone; a second complaint at interpreter exit would help nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except import_module("kit.settings").SettingsError as error:  # looked up only when something goes wrong
        print(f"tocsin: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
