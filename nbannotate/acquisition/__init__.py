"""Which question to ask next."""

from nbannotate.acquisition.acquisition import Acquisition, Plan
from nbannotate.acquisition.candidates import Candidate
from nbannotate.acquisition.experience import Experience
from nbannotate.acquisition.strategies import STRATEGIES, QueryStrategy

__all__ = ["STRATEGIES", "Acquisition", "Candidate", "Experience", "Plan", "QueryStrategy"]
