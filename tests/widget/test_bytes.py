"""What an answer costs on the wire: as much after a thousand as at first."""

from __future__ import annotations

import json
from statistics import mean

import nbannotate as nb

ANSWERS = 1000
DIGITS = 40
"""Bytes by which counts of four digits may be longer than those of one."""


def test_the_messages_of_an_answer_weigh_the_same_at_the_thousandth_as_at_the_first():
    texts = [f"the brake of bike {number:05} is loose" for number in range(ANSWERS + 5)]
    ann = nb.textcat.manual(texts, labels=["A", "B"], store=":memory:", nlp=False, dataset="d")
    heard: list[str] = []
    ann.send = lambda content, buffers=None: heard.append(json.dumps(content))
    weights = []
    for number in range(ANSWERS):
        message = {
            "type": "answer",
            "answer_id": f"{number:032x}",
            "task_hash": str(ann.session.shown.task_hash),
            "answer": "accept",
            "accept": ["A"],
            "seconds": 1.0,
        }
        heard.clear()
        ann._on_message(None, message, [])
        weights.append(len(json.dumps(message)) + sum(map(len, heard)))
    assert '"saved"' in heard[0]
    assert mean(weights[-20:]) - mean(weights[:20]) < DIGITS
    assert ann.get_state()["_config"]["dataset"] == "d"
    ann.close()
