"""Tests; a package of that name, so that no dependency that installs its own tests is taken for it."""
