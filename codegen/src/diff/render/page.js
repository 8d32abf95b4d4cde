"use strict";
(function () {
  var all = Array.from(document.querySelectorAll("article"));
  var sections = Array.from(document.querySelectorAll("details.module section"));
  var modules = Array.from(document.querySelectorAll("details.module"));
  var text = document.getElementById("text");
  var side = document.getElementById("side");
  var cls = document.getElementById("class");
  var mod = document.getElementById("module");
  var shown = document.getElementById("shown");
  var fold = document.getElementById("fold");
  var words = all.map(function (a) { return (a.parentNode.firstChild.textContent + " " + a.textContent).toLowerCase(); });
  var began = modules.map(function (m) { return m.open; });

  function filter() {
    var wanted = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    var any = wanted.length > 0 || cls.value || mod.value;
    var count = 0, total = 0;
    all.forEach(function (a, i) {
      var d = a.dataset;
      var has = side.value ? d[side.value] : d.class;
      var ok = (!cls.value || has === cls.value) && (!mod.value || d.module === mod.value) &&
        wanted.every(function (w) { return words[i].indexOf(w) >= 0; });
      a.hidden = !ok;
      // An article may hold the same change of several endpoints.
      total += +d.count;
      count += ok ? +d.count : 0;
    });
    sections.forEach(function (s) { s.hidden = !s.querySelector("article:not([hidden])"); });
    modules.forEach(function (m, i) {
      m.hidden = !m.querySelector("article:not([hidden])");
      m.open = any ? true : began[i];
    });
    shown.textContent = count + " of " + total + " changes";
  }

  // Opens all that the filter shows, or folds it.
  fold.addEventListener("click", function () {
    var open = fold.textContent === "Open all";
    modules.forEach(function (m) { m.open = open; });
    fold.textContent = open ? "Fold all" : "Open all";
  });

  // A link to a change opens its module first: what is folded cannot be scrolled to.
  function follow() {
    var at = null;
    try { at = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (e) { return; }
    var article = at && at.closest("article");
    if (!article) { return; }
    if (article.hidden) { text.value = ""; cls.value = ""; mod.value = ""; side.value = ""; filter(); }
    article.closest("details.module").open = true;
    at.scrollIntoView();
  }

  [text, side, cls, mod].forEach(function (e) { e.addEventListener("input", filter); });
  window.addEventListener("hashchange", follow);
  filter();
  follow();
})();
