"""The Annotator: a session on a notebook's page. The only room that knows Jupyter.

Handlers may run on any thread, at the same time as cells, so they touch nothing but the
session, which has its own lock.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import anywidget
import traitlets

from nbannotate.errors import (
    AnswerError,
    LabelError,
    NbannotateError,
    PipelineError,
    SessionClosedError,
    SpanError,
    StaleTaskError,
    StoreError,
)
from nbannotate.learning import copy_nlp_of
from nbannotate.session import ModelStatus, Progress, Session
from nbannotate.widget.joining import join_script, join_style
from nbannotate.widget.keys import DEFAULT_KEYS, Keys
from nbannotate.widget.messages import (
    RefusalReason,
    wire_history,
    wire_restored,
    wire_status,
    wire_task,
)
from nbannotate.widget.page_config import notices_of, page_config
from nbannotate.widget.rendering import Rendering, show
from nbannotate.widget.rendering.show import SHOWN_AT_MOST

if TYPE_CHECKING:
    import pandas as pd
    from spacy.language import Language

    from nbannotate.learning import Learner
    from nbannotate.session.listeners import Event
    from nbannotate.tasks import Answer

logger = logging.getLogger("nbannotate")


class Annotator(anywidget.AnyWidget):
    """The widget that a recipe returns and a cell shows.

    Parameters
    ----------
    session
        The loop that the page talks to.
    make_learner
        Returns a learner on a pipeline with labels, for `use`; None where no model can follow.
    instructions
        Shown on the page, as plain text.
    keys
        Keys of actions and labels that differ from the default; see `nbannotate.annotate`.
    notices
        Sentences that the page shows below the task until they are put away.

    Examples
    --------
    >>> import nbannotate as nb
    >>> ann = nb.ner.manual(["Meth is bad"], labels=["DRUG"], store=":memory:")
    >>> ann.session.task.text
    'Meth is bad'
    >>> ann.close()
    """

    _esm = join_script()
    _css = join_style()
    _config = traitlets.Dict().tag(sync=True)
    _actions: Mapping[str, tuple[str, ...]] = DEFAULT_KEYS
    _versions: Literal["review", "compare"] | None = None

    def __init__(
        self,
        session: Session,
        *,
        make_learner: Callable[[Language | str | Path, tuple[str, ...]], Learner] | None = None,
        instructions: str | None = None,
        keys: Keys | None = None,
        notices: Iterable[str] = (),
    ) -> None:
        super().__init__(_config=self._page_config(session, instructions, keys))
        self._session = session
        self._make_learner = make_learner
        self._instructions = instructions
        self._keys = keys
        self._said = tuple(notices)
        self._replying = threading.local()
        _answer_while_cells_run(self)
        self.on_msg(self._on_message)
        session.subscribe(self._on_event)

    # For cells

    @property
    def session(self) -> Session:
        """The loop without the page."""
        return self._session

    @property
    def nlp(self) -> Language:
        """The pipeline as it is now: a copy, safe to call while the loop goes on learning."""
        return self._session.nlp

    @property
    def model(self) -> ModelStatus:
        """What the model in the loop is doing, and which version it is."""
        return self._session.model

    def resume(self) -> Annotator:
        """Let a paused model go on: what broke is mended, answers that waited are learned.

        Returns
        -------
        Annotator
            This widget.

        Raises
        ------
        SessionClosedError
            If the session is closed.
        """
        self._session.resume_model()
        return self

    def add_label(self, label: str, *, view: str | None = None) -> Annotator:
        """Ask for one more label from now on; nothing that was answered or learned is lost.

        It is on the page at once. Answers given before say nothing of it, unless exactly
        one label applies to a text: the one that was chosen excludes it. A ner keeps its
        weights; other models are built anew in the background, from the same answers.
        A recipe's cell that is run again asks with the labels it is given: add the label
        there too.

        Parameters
        ----------
        label
            A name that no label has yet.
        view
            On a page of several views, the one that it is added to; by default the one that
            the model follows.

        Returns
        -------
        Annotator
            This widget.

        Raises
        ------
        LabelError
            If it is empty, padded with space, no string, or one of the labels already.
        PipelineError
            If a learner of your own has no ``add_label``.

        Examples
        --------
        >>> import nbannotate as nb
        >>> ann = nb.textcat.manual(["Where?"], labels=["A"], store=":memory:", nlp=False)
        >>> ann.add_label("B").session.task.labels
        ('A', 'B')
        >>> ann.close()
        """
        self._session.add_label(label, view=view)
        return self

    @property
    def progress(self) -> Progress:
        """How far the session has come."""
        return self._session.progress

    @property
    def skipped(self) -> pd.DataFrame:
        """The rows of the source that hold no usable text, with columns row, value, reason."""
        return self._session.pool.skipped

    @property
    def left_out(self) -> pd.DataFrame:
        """The spans and relations of the source that are not shown as they were given.

        A row each, with columns row, value and reason. A label added later shows its spans,
        which stay listed.
        """
        return self._session.pool.left_out

    @property
    def html_errors(self) -> pd.DataFrame:
        """The texts shown so far whose ``html`` could not be made, with columns text and error."""
        import pandas as pd

        html = self._session.html
        found = list(html.failures.items()) if html is not None else []
        return pd.DataFrame(found, columns=["text", "error"])

    def annotations(self, **filters: Any) -> pd.DataFrame:
        """Return this dataset's answers, one row each; filters as in ``store.annotations``."""
        return self._session.store.annotations(self._session.dataset, **filters)

    def show(self, rows: object = None, *, limit: int | None = SHOWN_AT_MOST) -> Rendering:
        """Draw finished answers as static HTML, in the colours that the labels have here.

        Parameters
        ----------
        rows
            Rows of `annotations`, or what else `nbannotate.show` takes; by default all
            answers of this dataset.
        limit
            How many answers are drawn at most, None for all; a line says how many are not.

        Returns
        -------
        Rendering
            Shown by the cell whose last line it is; ``.html`` is the piece,
            ``.to_html(path)`` a page of its own. A saved notebook keeps what it draws.

        Raises
        ------
        SourceError, SpanError, ValueError
            See `nbannotate.show`.

        Examples
        --------
        >>> import nbannotate as nb
        >>> ann = nb.textcat.manual(["Where?"], labels=["A", "B"], store=":memory:", nlp=False)
        >>> answer = ann.session.answer("accept", accept="B")
        >>> ann.show()
        Rendering(1 of 1 answers)
        >>> ann.close()
        """
        given = self.annotations() if rows is None else rows
        session = self._session
        return show(given, labels=session.labels, relations=session.view.relations, limit=limit)

    def use(self, model: object) -> Annotator:
        """Put a model into the loop.

        Parameters
        ----------
        model
            A `RetrainResult`, a spaCy pipeline, a path to one, or a version of
            ``store.models()``: a retrained one, or one that a loop saved. What is no
            version yet becomes one, so that a restart goes on from it.

        Returns
        -------
        Annotator
            This widget.

        Raises
        ------
        PipelineError
            If it is no pipeline, or no model can learn from this view.
        StoreError
            If there is no such version, or nothing is saved of it.
        """
        store = self._session.store
        nlp: Any = getattr(model, "nlp", model)
        version = getattr(model, "version", None)
        if isinstance(model, str) and not Path(model).exists():
            nlp, version = store.saved_model(model), model
        if self._make_learner is None:
            raise PipelineError(
                "this loop has a learner of your own; put another one into it with "
                "ann.session.use(learner), or start its recipe again with nlp=…"
            )
        labels = self._session.view.leading.labels or self._session.labels
        learner = self._make_learner(nlp, labels)
        if store.models_path is not None and not store.has_model(version):
            version, _ = store.save_model(
                self._session.dataset,
                copy_nlp_of(learner).to_disk,
                kind="own",
                session_id=self._session.session_id,
            )
        self._session.use(learner, version or _unnamed(model))
        self._send_state(None)
        return self

    def save(self, directory: str | Path) -> Path:
        """Write the loop's model as a spaCy directory, and return its path."""
        path = Path(directory).expanduser()
        self._session.nlp.to_disk(path)
        return path

    def close(self) -> None:
        """Stop the loop and take the widget off the page; the store stays open."""
        self._session.close()
        super().close()

    # For the page

    def _on_message(self, _: object, content: object, __: object) -> None:
        self._replying.now = True
        try:
            self._dispatch(content if isinstance(content, Mapping) else {})
        except Exception as error:  # Jupyter would swallow it; the page shows it instead
            logger.exception("a message from the page failed")
            self.send({"type": "error", "error": f"{type(error).__name__}: {error}"})
        finally:
            self._replying.now = False

    def _dispatch(self, message: Mapping[str, Any]) -> None:
        kind = message.get("type")
        if kind == "hello":
            self._send_state(None)
        elif kind == "answer":
            self._store(message, self._answer)
        elif kind == "change":
            self._store(message, self._change)
        elif kind == "undo":
            self._undo()
        elif kind == "history":
            words = str(message.get("words", ""))
            found = [self._session.view.told(each) for each in self._session.search(words)]
            self.send(wire_history(words, found))
        elif kind == "open":
            self._open(str(message["answer_id"]))
        elif kind == "resume":
            self._session.resume_model()
            self._send_state(None)
        else:
            raise AnswerError(
                f"the page sent {kind!r}; known are 'hello', 'answer', 'change', 'undo', "
                "'history', 'open' and 'resume'"
            )

    def _store(
        self, message: Mapping[str, Any], give: Callable[[Mapping[str, Any]], object]
    ) -> None:
        """Give an answer, and tell the page whether it is on disk."""
        answer_id = str(message["answer_id"])
        try:
            give(message)
        except Exception as error:  # whatever it is, the page must keep the answer
            if not isinstance(error, NbannotateError):
                logger.exception("an answer could not be stored")
            self.send(
                {
                    "type": "refused",
                    "answer_id": answer_id,
                    "reason": _reason(error),
                    "error": str(error) or type(error).__name__,
                    **self._state(),
                }
            )
        else:
            self.send({"type": "saved", "answer_id": answer_id, **self._state()})

    def _answer(self, message: Mapping[str, Any]) -> None:
        self._session.answer(
            str(message["answer"]),
            **self._parts(message),
            task_hash=int(message["task_hash"]),
            answer_id=str(message["answer_id"]),
            flagged=message.get("flagged", False),
            question=message.get("question"),
        )

    def _change(self, message: Mapping[str, Any]) -> None:
        self._session.change(
            str(message["changes"]),
            str(message["answer"]),
            **self._parts(message),
            new_id=str(message["answer_id"]),
            flagged=message.get("flagged"),
        )

    def _parts(self, message: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **self._session.view.taken(message),
            "seconds": message.get("seconds"),
            "note": message.get("note"),
        }

    def _open(self, answer_id: str) -> None:
        """Send an earlier answer with its task, to be changed."""
        task, answer, wrong = None, None, ""
        try:
            task, answer = self._session.recall(answer_id)
        except NbannotateError as error:
            wrong = str(error)
        self.send(
            {
                "type": "opened",
                "answer_id": answer_id,
                "task": wire_task(self._session, task),
                "restored": self._restored(answer),
                "error": wrong,
            }
        )

    def _undo(self) -> None:
        try:
            undone = self._session.undo()
        except NbannotateError as error:
            self.send({"type": "error", "error": str(error)})
            self._send_state(None)
        else:
            self._send_state(self._restored(undone))

    def _restored(self, answer: Answer | None) -> dict[str, Any] | None:
        return wire_restored(answer and self._session.view.told(answer))

    def _on_event(self, event: Event) -> None:
        session = self._session
        if event == "ahead":
            shown = session.shown
            if shown is not None:
                after, task = str(shown.task_hash), wire_task(session, session.ahead)
                self.send({"type": "ahead", "after": after, "task": task})
        elif event == "labels":
            self._config = self._page_config(
                session, self._instructions, self._keys, is_strict=False
            )
        elif event == "task":
            # An answer from this page is acknowledged with its own message.
            if not getattr(self._replying, "now", False):
                self._send_state(None)
        else:
            self.send(
                {
                    "type": "status",
                    "status": wire_status(session, self._notices),
                }
            )

    @property
    def _notices(self) -> list[str]:
        return [*notices_of(self._session), *self._said]

    def _page_config(
        self,
        session: Session,
        instructions: str | None,
        keys: Keys | None,
        *,
        is_strict: bool = True,
    ) -> dict[str, Any]:
        return page_config(
            session,
            instructions,
            keys,
            actions=self._actions,
            versions=self._versions,
            is_strict=is_strict,
        )

    def _send_state(self, restored: Mapping[str, Any] | None, *, hint: str = "") -> None:
        self.send({"type": "state", "restored": restored, "hint": hint, **self._state()})

    def _state(self) -> dict[str, Any]:
        session = self._session
        return {
            "task": wire_task(session, session.shown),
            "ahead": wire_task(session, session.ahead),
            "status": wire_status(session, self._notices),
        }


def _reason(error: Exception) -> RefusalReason:
    if isinstance(error, StaleTaskError):
        return "stale"
    if isinstance(error, SessionClosedError):
        return "closed"
    if isinstance(error, StoreError):
        return "store"
    return "invalid" if isinstance(error, (AnswerError, LabelError, SpanError)) else "store"


def _unnamed(model: object) -> str:
    return Path(model).name if isinstance(model, (str, Path)) else "own"


def _answer_while_cells_run(widget: anywidget.AnyWidget) -> None:
    """Let replies go out by the subshell that the page's message came in on.

    By default ipykernel 7 routes them by the subshell that last published on the comm, so
    that a widget whose state was set by a cell is silent until that cell ends.
    """
    comm = widget.comm
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _, default: default  # noqa: SLF001
