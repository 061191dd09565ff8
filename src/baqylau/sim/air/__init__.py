"""The air between bracelets and receivers, invented: homes, people, crystals, collisions and attackers.

Two ways lead from a life to observations. The whole way (`household`) lets the real bracelet core, the real recogniser
and the real home-unit core work frame by frame. The short way (`minutes`) counts the same frames by the minute, without
making one, so that a simulated year takes minutes. Both hear by the same model of a home (`home`).
"""
