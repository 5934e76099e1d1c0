"""Answering what ``prompts.reading`` reads: one executor for every form, and its words."""
