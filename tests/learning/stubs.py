"""Models of other makes, small enough for tests: nothing here imports a network library."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from nbannotate.tasks import Answer


def fit_sklearn(answers: list[Answer]):
    model = make_pipeline(TfidfVectorizer(), LogisticRegression())
    return model.fit([a.text for a in answers], [a.label for a in answers])


def predict_sklearn(model, texts):
    return [dict(zip(model.classes_, row, strict=True)) for row in model.predict_proba(texts)]


class Tokenizer:
    """Called as a Hugging Face tokenizer is: texts to padded ids and a mask."""

    n_ids = 512

    def __call__(self, texts: Sequence[str], *, padding: bool = True, truncation: bool = True):
        ids = [[1 + sum(map(ord, word)) % (self.n_ids - 1) for word in t.split()] for t in texts]
        longest = max(map(len, ids), default=0)
        padded = np.array([row + [0] * (longest - len(row)) for row in ids], dtype=int)
        return {"input_ids": padded, "attention_mask": (padded > 0).astype(float)}


class SequenceClassifier:
    """Shaped like a transformer for sequence classification: inputs to logits, trained in steps."""

    def __init__(self, id2label: dict[int, str], seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.id2label = id2label
        self.label2id = {label: number for number, label in id2label.items()}
        self.embedding = rng.normal(0, 0.1, (Tokenizer.n_ids, 16))
        self.head = rng.normal(0, 0.1, (16, len(id2label)))

    def __call__(self, input_ids, attention_mask):
        total = np.maximum(attention_mask.sum(axis=1, keepdims=True), 1.0)
        self._weights = attention_mask / total
        self._pooled = np.einsum("tw,twk->tk", self._weights, self.embedding[input_ids])
        return SimpleNamespace(logits=self._pooled @ self.head)

    def training_step(self, inputs, labels, rate: float = 2.0) -> float:
        chances = softmax(self(**inputs).logits)
        wrong = chances.copy()
        wrong[np.arange(len(labels)), labels] -= 1.0
        wrong /= len(labels)
        pooled = wrong @ self.head.T
        self.head -= rate * self._pooled.T @ wrong
        spread = self._weights[:, :, None] * pooled[:, None, :]
        np.subtract.at(self.embedding, inputs["input_ids"], rate * spread)
        return float(-np.log(chances[np.arange(len(labels)), labels]).mean())


def softmax(logits):
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def fit_transformer_for(labels: Sequence[str]):
    def fit_transformer(answers: list[Answer]):
        model = SequenceClassifier(dict(enumerate(labels)))
        inputs = Tokenizer()([a.text for a in answers])
        targets = [model.label2id[a.label] for a in answers]
        for _ in range(40):
            model.training_step(inputs, targets)
        return model

    return fit_transformer


def predict_transformer(model, texts):
    chances = softmax(model(**Tokenizer()(texts)).logits)
    return [{model.id2label[number]: share for number, share in enumerate(row)} for row in chances]
