"use strict";

const place = (name) => document.getElementById(name);
const left = place("left");
const bar = left.firstElementChild;

function show(state) {
  document.documentElement.lang = state.language;
  document.body.dataset.light = state.light;
  document.body.dataset.capturing = state.capturing;
  place("indicator").lastElementChild.textContent = state.indicator;
  place("text").textContent = state.text;
  place("digit").textContent = state.digit;
  if (state.digit) {
    // The same digit twice is two digits.
    place("digit").animate([{ opacity: 0, transform: "scale(.5)" }, { opacity: 1, transform: "none" }], { duration: 350, easing: "ease-out" });
  }
  for (const running of bar.getAnimations()) running.cancel();
  left.classList.toggle("running", state.left_ms > 0);
  if (state.left_ms > 0) {
    const from = state.left_ms / state.for_ms;
    bar.animate([{ transform: `scaleX(${from})` }, { transform: "scaleX(0)" }], { duration: state.left_ms, fill: "forwards" });
  }
}

new EventSource("/shown").onmessage = (event) => show(JSON.parse(event.data));
