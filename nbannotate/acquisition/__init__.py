"""Which question to ask next."""

from nbannotate.acquisition.acquisition import Acquisition, Ranking
from nbannotate.acquisition.candidates import Candidate
from nbannotate.acquisition.strategies import STRATEGIES, QueryStrategy

__all__ = ["STRATEGIES", "Acquisition", "Candidate", "QueryStrategy", "Ranking"]
