"""The page: one file of HTML with its style inside, and a script that counts uptime."""

from __future__ import annotations

import html
from string import Template

from web.facts import Facts

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>acr-lab · $tag</title>
<style>
:root {
  --ink: #16202e; --soft: #5d6b7e; --paper: #f3f6fa; --card: #ffffffcc;
  --line: #dbe3ed; --blue: #0a6cff; --teal: #00b8a0; --violet: #7a5cff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e9f0f8; --soft: #94a5ba; --paper: #0b1220; --card: #131d2fcc;
    --line: #22304a; --blue: #5aa2ff; --teal: #35dcc4; --violet: #a48cff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 2rem;
  color: var(--ink); background: var(--paper);
  font: 16px/1.5 ui-sans-serif, system-ui, "Segoe UI", "DejaVu Sans", sans-serif;
  overflow-x: hidden;
}
body::before {
  content: ""; position: fixed; inset: -20vmax; z-index: -1; opacity: .35;
  background:
    radial-gradient(40vmax 40vmax at 25% 30%, var(--blue), transparent 65%),
    radial-gradient(36vmax 36vmax at 75% 25%, var(--violet), transparent 65%),
    radial-gradient(42vmax 42vmax at 60% 80%, var(--teal), transparent 65%);
  filter: blur(50px); animation: drift 24s ease-in-out infinite alternate;
}
@keyframes drift { to { transform: translate(4vmax, -3vmax) rotate(8deg); } }
@media (prefers-reduced-motion: reduce) { body::before { animation: none; } }
main {
  width: min(46rem, 100%); background: var(--card); border: 1px solid var(--line);
  border-radius: 1.5rem; padding: clamp(1.5rem, 5vw, 3rem);
  box-shadow: 0 30px 80px -40px #0b1a3380; backdrop-filter: blur(14px);
}
.state { display: inline-flex; gap: .6rem; align-items: center; color: var(--soft);
  font-size: .9rem; }
.state i { width: .7rem; height: .7rem; border-radius: 50%; background: var(--teal);
  box-shadow: 0 0 0 0 var(--teal); animation: pulse 2s infinite; }
@keyframes pulse { 70% { box-shadow: 0 0 0 .7rem transparent; } }
h1 { font-size: clamp(1.7rem, 5vw, 2.45rem); line-height: 1.1; margin: .8rem 0 .4rem;
  letter-spacing: -.03em; }
h1 span { background: linear-gradient(90deg, var(--blue), var(--violet), var(--teal));
  -webkit-background-clip: text; background-clip: text; color: transparent; }
p { color: var(--soft); margin: .6rem 0 1.8rem; max-width: 34rem; }
ol { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; padding: 0;
  margin: 0 0 1.8rem; font-size: .85rem; }
ol li { padding: .3rem .8rem; border: 1px solid var(--line); border-radius: 99px; }
ol li::before { content: "✓ "; color: var(--teal); font-weight: 700; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr));
  gap: 1px; margin: 0; background: var(--line); border: 1px solid var(--line);
  border-radius: 1rem; overflow: hidden; }
dl div { background: var(--card); padding: .9rem 1.1rem; min-width: 0; }
dl .wide { grid-column: 1 / -1; }
dl .wide dd { font-size: .84rem; }
dt { color: var(--soft); font-size: .74rem; letter-spacing: .09em;
  text-transform: uppercase; }
dd { margin: .15rem 0 0; overflow-wrap: anywhere; font-size: .95rem;
  font-family: ui-monospace, "SF Mono", "DejaVu Sans Mono", monospace; }
footer { margin-top: 1.6rem; font-size: .85rem; color: var(--soft); }
a { color: var(--blue); text-decoration: none; }
a:hover { text-decoration: underline; }
</style>
</head>
<body>
<main>
  <div class="state"><i></i>running for <b id="up" data-since="$started">…</b></div>
  <h1>Pulled from your registry,<br><span>running as a container.</span></h1>
  <p>This page is served by the image that the stack built, pushed and started. No
  password took part: an identity pulled it, with a role that can do nothing else.</p>
  <ol><li>resource group</li><li>registry</li>
  <li>image pushed</li><li>container</li></ol>
  <dl>
    <div><dt>Image</dt><dd>$image</dd></div>
    <div><dt>Tag</dt><dd>$tag</dd></div>
    <div class="wide"><dt>Digest</dt><dd>$digest</dd></div>
    <div><dt>Registry</dt><dd>$registry</dd></div>
    <div><dt>Region</dt><dd>$region</dd></div>
    <div><dt>Container</dt><dd>$host</dd></div>
    <div><dt>Python</dt><dd>$python</dd></div>
  </dl>
  <footer><a href="/api">/api</a> the same as JSON · <a href="/healthz">/healthz</a>
  for probes</footer>
</main>
<script>
const up = document.getElementById("up"), since = Number(up.dataset.since) * 1000;
const pad = (n) => String(n).padStart(2, "0");
const tick = () => {
  const s = Math.max(0, Math.floor((Date.now() - since) / 1000));
  const days = Math.floor(s / 86400);
  const clock = [s / 3600 % 24, s / 60 % 60, s % 60].map(Math.floor).map(pad).join(":");
  up.textContent = (days ? days + " d " : "") + clock;
};
tick(); setInterval(tick, 1000);
</script>
</body>
</html>
""")


def render(facts: Facts) -> str:
    """The page; every fact is escaped."""
    values = {
        "image": facts.image,
        "tag": facts.tag,
        "digest": facts.digest,
        "registry": facts.registry,
        "region": facts.region,
        "host": facts.host,
        "python": facts.python,
        "started": f"{facts.started:.0f}",
    }
    return PAGE.substitute({key: html.escape(text) for key, text in values.items()})
