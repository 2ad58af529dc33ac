"use strict";
// The tables and pictures are in the page already; this sorts, filters, picks, compares,
// and shows one view at a time. Text goes into the page as text, never as HTML.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];
  const BEST = 3; // lines of each data set that have colours while none is picked
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  /** Make an element: its attributes, then texts and elements to put into it. */
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  // ---- The table: sort, filter, pick -----------------------------------------------

  const rows = all("tr[data-line]");
  const lineOf = (row) => data.lines[Number(row.dataset.line)];
  const picked = []; // rows, in the order in which they were picked
  const LARGE_FIRST = /(accuracy|low|high|baseline)$/;
  const VERDICTS = ["best", "tie", "unclear", "worse", "-"];
  let sorted = { key: "test_accuracy", down: true };

  function compareValues(a, b) {
    const unknown = (value) => value === null || value === undefined;
    if (unknown(a) || unknown(b)) return unknown(a) - unknown(b);
    const order = typeof a === "string" ? (a > b) - (a < b) : a - b;
    return sorted.down ? -order : order;
  }

  function sort(key, down) {
    sorted = { key, down };
    const value = (row) => {
      const found = lineOf(row)[key];
      return key === "vs_best" ? VERDICTS.indexOf(found) : found;
    };
    for (const body of all("#board tbody")) {
      const there = all("tr[data-line]", body);
      there.sort((a, b) => compareValues(value(a), value(b)) || a.dataset.line - b.dataset.line);
      body.append(...there);
    }
    for (const head of all("#board th[data-key]")) {
      if (head.dataset.key === key) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    byId("sort").value = key;
  }

  /** What a filter looks at: path, data, and what is not the same in all configs. */
  const haystacks = rows.map((row) => {
    const line = lineOf(row);
    const configs = line.members.map((n) => Object.entries(data.runs[n].config).map(([k, v]) => `${k}=${v}`).join(" "));
    const paths = line.members.map((n) => data.runs[n].path);
    return [line.run, line.dataset, ...paths, ...configs].join(" ").toLowerCase();
  });

  function filter() {
    const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
    const dataset = byId("dataset").value;
    const ties = byId("ties").checked;
    let shown = 0;
    rows.forEach((row, i) => {
      const line = lineOf(row);
      const fits = words.every((word) => haystacks[i].includes(word)) && (!dataset || line.dataset === dataset) && (!ties || ["best", "tie", "unclear"].includes(line.vs_best));
      row.hidden = !fits;
      shown += fits;
    });
    for (const body of all("#board tbody")) {
      const some = all("tr[data-line]", body).some((row) => !row.hidden);
      body.querySelector(".set").hidden = !some;
      for (const section of all(".curves")) if (section.dataset.set === body.dataset.set) section.hidden = !some;
    }
    byId("none").hidden = shown > 0;
    byId("count").textContent = shown === rows.length ? `${shown} line${shown === 1 ? "" : "s"}` : `${shown} of ${rows.length} lines`;
    colour();
  }

  function pick(row, on) {
    const at = picked.indexOf(row);
    if (on && at < 0) picked.push(row);
    if (!on && at >= 0) picked.splice(at, 1);
    const go = byId("go");
    const two = picked.length === 2;
    go.setAttribute("aria-disabled", String(!two));
    if (two) go.href = `#compare-${lineOf(picked[0]).members[0]}-${lineOf(picked[1]).members[0]}`;
    else go.removeAttribute("href");
    go.textContent = two ? "Compare the two picked" : "Pick two to compare";
    colour();
  }

  // ---- The curves of many runs -----------------------------------------------------

  /** Colour curves: groups of runs in one colour each, and a name for the legend. */
  function paint(overlay, groups, hidden) {
    const legend = overlay.querySelector(".legend");
    legend.replaceChildren();
    for (const curve of all("[data-run]", overlay)) {
      curve.style.color = "";
      curve.style.display = hidden.has(Number(curve.dataset.run)) ? "none" : "";
    }
    groups.forEach(({ runs, name }, i) => {
      const own = COLOURS[i % COLOURS.length];
      const key = make("span", {}, make("i"), name);
      key.firstChild.style.color = own;
      legend.append(key);
      for (const run of runs) {
        for (const curve of all(`[data-run="${run}"]`, overlay)) {
          curve.style.color = own;
          curve.parentNode.append(curve); // in front of the others
        }
      }
    });
  }

  function colour() {
    const shown = rows.filter((row) => !row.hidden);
    const chosen = shown.filter((row) => picked.includes(row));
    for (const row of rows) row.querySelector(".pick").style.borderLeftColor = "";
    for (const overlay of all(".overlay")) {
      const here = (list) => list.filter((row) => lineOf(row).dataset === overlay.dataset.set);
      const inOrder = here([...shown].sort((a, b) => a.dataset.line - b.dataset.line));
      const marked = chosen.length ? here(chosen) : inOrder.slice(0, BEST);
      const hidden = new Set(here(rows.filter((row) => row.hidden)).flatMap((row) => lineOf(row).members));
      paint(overlay, marked.map((row) => ({ runs: lineOf(row).members, name: row.querySelector(".run").firstElementChild?.matches("a") ? row.querySelector(".run a").textContent : row.querySelector(".run").firstChild.textContent.trim() })), hidden);
      marked.forEach((row, i) => { row.querySelector(".pick").style.borderLeftColor = COLOURS[i % COLOURS.length]; });
    }
  }

  // ---- Pictures and sounds ---------------------------------------------------------

  /** Put in what the page holds once for all places that show it. */
  function showMedia(root) {
    for (const place of all("[data-media]", root)) {
      if (place.childElementCount) continue;
      const media = data.media[place.dataset.media];
      if (!media) continue;
      if (media.picture) place.append(make("img", { src: media.picture, alt: place.dataset.alt }));
      if (media.sound) {
        place.append(make("audio", { controls: "", preload: "metadata", src: media.sound, "aria-label": place.dataset.alt }));
        place.closest(".examples").classList.add("sounds");
      }
    }
  }

  // ---- Two runs --------------------------------------------------------------------

  const tests = {};
  for (const [split, found] of Object.entries(data.tests)) {
    tests[split] = new Map(found.map(([a, b, ...test]) => [`${a}-${b}`, test]));
  }

  /** McNemar's test of two runs: only A right, only B right, p; nothing if not paired. */
  function testOf(split, a, b) {
    if (a === b) return null;
    const straight = tests[split].get(`${a}-${b}`);
    if (straight) return straight;
    const turned = tests[split].get(`${b}-${a}`);
    return turned ? [turned[1], turned[0], turned[2]] : null;
  }

  async function unpack(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).arrayBuffer();
  }

  /** What a run said of the examples on which not all runs of its group agree. */
  async function answersOf(run) {
    const { answers } = run;
    const { wide, places, true: truth } = data.examples[answers.group];
    const numbers = (buffer, size) => {
      const view = new DataView(buffer);
      const read = { 1: "getUint8", 2: "getUint16", 4: "getUint32" }[size];
      return Array.from({ length: buffer.byteLength / size }, (_, i) => view[read](size * i, true));
    };
    const size = wide ? 2 : 1;
    const [where, right, predicted, probability] = await Promise.all([places, truth, answers.predicted, answers.probability].map(unpack));
    return { where: numbers(where, 4), right: numbers(right, size), predicted: numbers(predicted, size), probability: numbers(probability, 1) };
  }

  function table(head, body, numbersFrom) {
    const cell = (tag, text, i) => make(tag, i >= numbersFrom ? { class: "number" } : {}, text);
    const top = make("thead", {}, make("tr", {}, ...head.map((text, i) => cell("th", text, i))));
    const rest = make("tbody", {}, ...body.map((row) => make("tr", {}, ...row.map((text, i) => cell("td", text, i)))));
    return make("div", { class: "scroll" }, make("table", { class: numbersFrom > 9 ? "plain wrap" : "plain" }, top, rest));
  }

  function configPart(a, b) {
    if (!a.configKnown || !b.configKnown) return [make("p", { class: "warning" }, "One of the configs cannot be read.")];
    const keys = [...new Set([...Object.keys(a.config), ...Object.keys(b.config)])].filter((key) => a.config[key] !== b.config[key]).sort((x, y) => x.localeCompare(y, "en", { numeric: true }));
    if (!keys.length) return [make("p", {}, "The same.")];
    const said = (value) => (value === undefined ? "nothing" : value);
    const rowsOf = (some) => table(["key", "A", "B"], some.map((key) => [key, said(a.config[key]), said(b.config[key])]), 99);
    const inBoth = keys.filter((key) => key in a.config && key in b.config);
    const inOne = keys.filter((key) => !inBoth.includes(key));
    if (inOne.length < 8) return [rowsOf(keys)];
    const rest = make("details", {}, make("summary", {}, `${inOne.length} keys that only one of them has`), rowsOf(inOne));
    return inBoth.length ? [rowsOf(inBoth), rest] : [rest];
  }

  function dataPart(a, b) {
    const files = [...new Set([...Object.keys(a.files), ...Object.keys(b.files)])].filter((file) => a.files[file] !== b.files[file]);
    const named = a.title === b.title ? a.title : `A ${a.title}, B ${b.title}`;
    if (!files.length) return [make("p", {}, `${named}: the same files.`)];
    const short = (hash) => (hash === undefined ? "nothing" : hash.slice(0, 12));
    return [make("p", {}, named), table(["SHA-256 of", "A", "B"], files.map((file) => [file, short(a.files[file]), short(b.files[file])]), 99)];
  }

  function scoresPart(a, b, runA, runB) {
    const four = (value) => (typeof value === "number" ? value.toFixed(4) : "–");
    const oneBase = data.splits.every((split) => runA.scores[split][1] === runB.scores[split][1]);
    const body = data.splits.map((split) => {
      const [one, base] = runA.scores[split];
      const [two, otherBase] = runB.scores[split];
      const change = typeof one === "number" && typeof two === "number" ? (two - one >= 0 ? "+" : "−") + Math.abs(two - one).toFixed(4) : "–";
      const test = testOf(split, a, b);
      const told = test ? [String(test[0]), String(test[1]), test[2] < 0.0001 ? "<0.0001" : test[2].toFixed(4), split === "train" ? "fitted" : test[2] < data.alpha ? "differs" : "no difference found"] : ["–", "–", "–", a === b ? "the same run" : "other examples, or none kept"];
      const accuracies = oneBase ? [four(base), four(one), four(two)] : [four(one), four(base), four(two), four(otherBase)];
      return [split, ...accuracies, change, ...told];
    });
    const heads = oneBase ? ["baseline", "A acc", "B acc"] : ["A acc", "A baseline", "B acc", "B baseline"];
    return [table(["split", ...heads, "B − A", "only A right", "only B right", "p", ""], body, 1), make("p", { class: "soft" }, "p: McNemar's test, mid-p, on the same examples. It compares these two models; another seed may turn it.")];
  }

  async function flipsPart(a, b) {
    if (!a.answers || !b.answers || a.answers.group !== b.answers.group) return [make("p", {}, "The runs did not keep answers on the same examples.")];
    const [one, two] = await Promise.all([answersOf(a), answersOf(b)]);
    const flipped = [];
    one.predicted.forEach((value, i) => { if (value !== two.predicted[i]) flipped.push(i); });
    if (!flipped.length) return [make("p", {}, "Every example is taken for the same class.")];
    const swing = (i) => Math.abs(one.probability[i] - two.probability[i]);
    const most = [...flipped].sort((i, j) => swing(j) - swing(i) || i - j).slice(0, data.shownFlips);
    const share = (given, i) => `${Math.round((100 * given[i]) / 255)} %`;
    const source = a.source ?? b.source;
    const examples = most.map((i) => {
      const name = a.classes[one.right[i]];
      const index = one.where[i];
      const key = `${source}.${index}`;
      const media = key in data.media ? make("span", { "data-media": key, "data-alt": `valid example ${index}` }) : null;
      const caption = make("figcaption", {}, make("b", {}, name), make("span", { class: "soft" }, ` #${index}`), make("br"), `A: ${a.classes[one.predicted[i]]}`, make("br"), `B: ${b.classes[two.predicted[i]]}`, make("br"), make("span", { class: "soft" }, `p(true) ${share(one.probability, i)} → ${share(two.probability, i)}`));
      return make("figure", { class: "example" }, media, caption);
    });
    const count = flipped.length === 1 ? "1 example is" : `${flipped.length.toLocaleString("en")} examples are`;
    return [make("p", {}, `${count} predicted differently${most.length < flipped.length ? `; the ${most.length} with the largest change` : ""}:`), make("div", { class: "examples" }, ...examples)];
  }

  let asked = 0;
  async function showComparison(a, b) {
    const place = byId("comparison");
    const turn = ++asked;
    byId("compare-A").value = String(a);
    byId("compare-B").value = String(b);
    const [runA, runB] = [data.runs[a], data.runs[b]];
    const part = (title, content) => [make("h2", {}, title), ...content];
    const flips = await flipsPart(runA, runB);
    if (turn !== asked) return; // another pair was asked for meanwhile
    returnOverlay();
    const links = make("p", { class: "facts" }, make("a", { href: `#run-${a}` }, "page of A"), make("a", { href: `#run-${b}` }, "page of B"));
    const config = make("div", { class: "grows" }, ...part("Config", configPart(runA, runB)), ...part("Data", dataPart(runA, runB)));
    const scores = make("div", {}, ...part("Scores", scoresPart(a, b, runA, runB)));
    place.replaceChildren(links, make("div", { class: "sides" }, config, scores));
    const overlay = runA.title === runB.title ? all(".overlay").find((found) => found.dataset.set === runA.title) : null;
    if (overlay) {
      place.append(make("h2", {}, "Curves"), overlay);
      paint(overlay, [{ runs: [a], name: `A: ${runA.label}` }, { runs: [b], name: `B: ${runB.label}` }], new Set());
    }
    place.append(...part("Examples of valid that flipped", flips));
    showMedia(place);
  }

  /** Bring curves back that the comparison borrowed. */
  function returnOverlay() {
    const borrowed = byId("comparison")?.querySelector(".overlay");
    if (borrowed) all(".curves").find((section) => section.dataset.set === borrowed.dataset.set).append(borrowed);
  }

  // ---- One view at a time ----------------------------------------------------------

  let left = ""; // the view that was shown before
  function show() {
    const asked_for = location.hash.slice(1) || "runs";
    const [kind, first, second] = asked_for.split("-");
    const id = kind === "compare" ? "compare" : asked_for;
    const view = all(".view").find((found) => found.id === id) ?? byId("runs");
    for (const other of all(".view")) other.classList.toggle("shown", other === view);
    for (const link of all("nav a")) {
      if (link.hash === `#${view.id}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    window.scrollTo(0, 0);
    // Back in the table: at the run that one comes from.
    if (view.id === "runs" && left.startsWith("run-")) document.querySelector(`#board a[href="#${left}"]`)?.focus();
    left = view.id;
    if (view.id === "compare") {
      const known = (text, otherwise) => (data.runs[Number(text)] && text !== "" ? Number(text) : otherwise);
      const a = known(first ?? "", 0);
      showComparison(a, known(second ?? "", a === 0 ? 1 : 0));
      return;
    }
    if (byId("comparison")) { asked += 1; returnOverlay(); }
    if (view.id === "runs" && rows.length) colour();
    showMedia(view);
  }

  function onKey(event) {
    const typing = event.target.matches("input:not([type=checkbox]), select, audio");
    if (event.key === "Escape") {
      if (typing) event.target.blur();
      else location.hash = "#runs";
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && rows.length) {
      event.preventDefault();
      location.hash = "#runs";
      show();
      byId("filter").focus();
    }
    const at = /^#run-(\d+)$/.exec(location.hash);
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (at && step) {
      // In the order of the table.
      const order = all("tr[data-line]").flatMap((row) => lineOf(row).members);
      const next = order[order.indexOf(Number(at[1])) + step];
      if (next !== undefined) location.hash = `#run-${next}`;
    }
  }

  document.documentElement.classList.add("scripted");
  if (rows.length) {
    const downFirst = (key) => LARGE_FIRST.test(key);
    for (const head of all("#board th[data-key]")) {
      head.querySelector("button").addEventListener("click", () => {
        const { key } = head.dataset;
        sort(key, sorted.key === key ? !sorted.down : downFirst(key));
      });
    }
    byId("sort").addEventListener("change", (event) => sort(event.target.value, downFirst(event.target.value)));
    byId("order").addEventListener("click", () => sort(sorted.key, !sorted.down));
    for (const id of ["filter", "dataset", "ties"]) byId(id).addEventListener("input", filter);
    byId("controls").addEventListener("submit", (event) => event.preventDefault());
    for (const row of rows) {
      const box = row.querySelector("input");
      box.checked = false;
      box.addEventListener("change", () => pick(row, box.checked));
    }
    for (const link of all("[data-filter]")) {
      link.addEventListener("click", () => { byId("filter").value = link.dataset.filter; filter(); });
    }
    pick(rows[0], false);
    filter();
  }
  if (byId("compare")) {
    const go = () => { location.hash = `#compare-${byId("compare-A").value}-${byId("compare-B").value}`; };
    byId("compare-A").addEventListener("change", go);
    byId("compare-B").addEventListener("change", go);
    byId("swap").addEventListener("click", () => { location.hash = `#compare-${byId("compare-B").value}-${byId("compare-A").value}`; });
  } else {
    for (const link of all(".needs-others")) link.hidden = true;
  }
  window.addEventListener("hashchange", show);
  document.addEventListener("keydown", onKey);
  show();
})();
