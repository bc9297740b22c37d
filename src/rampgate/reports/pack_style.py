"""How a pack looks: calm text, colour only for what stands for or against a change; light, dark and on paper."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c2127; --soft: #56606b; --line: #d5dae0; --band: #f5f6f8;
  --link: #0b57a4; --good: #1d6b3c; --bad: #a3231f; --care: #7d5200; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #14171b; --ink: #e4e7eb; --soft: #a4adb8; --line: #363d46; --band: #1c2127;
    --link: #8abcf2; --good: #7fcf9d; --bad: #ff9b95; --care: #e8bd6d; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 2rem 1.5rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 Georgia, "Iowan Old Style", "Times New Roman", serif; overflow-wrap: anywhere; }
h1, h2, h3, h4, th, caption, nav, dt, .short, .verdict, .files { font-family: system-ui, "Segoe UI", "Helvetica Neue",
  Arial, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; font-weight: 600; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .35rem; font-weight: 600; }
h3, h2.answer { font-size: 1.02rem; margin: 1.8rem 0 .2rem; font-weight: 600; }
p { margin: .45rem 0; max-width: 46rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
code { font: .86em/1.4 ui-monospace, "SFMono-Regular", Consolas, "Liberation Mono", monospace; }
pre { background: var(--band); border: 1px solid var(--line); padding: .7rem .9rem; white-space: pre-wrap;
  font: .82rem/1.5 ui-monospace, Consolas, "Liberation Mono", monospace; margin: .6rem 0; }
pre code { font-size: 1em; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; }
.soft { color: var(--soft); }
.asked { color: var(--soft); margin-top: 0; font-style: italic; }
.good { color: var(--good); } .bad { color: var(--bad); } .care { color: var(--care); }
.short { font-weight: 600; font-size: .92rem; }
.answer .short { font-weight: 600; margin-left: .6rem; }
.verdict { font-size: 1rem; font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 1rem 0; }
dt { color: var(--soft); font-size: .9rem; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: .92rem; }
caption { text-align: left; color: var(--soft); font-size: .88rem; padding-bottom: .35rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { font-size: .82rem; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--ink); }
tbody th { font-weight: 500; font-size: .9rem; }
.findings tbody th { width: 30%; } .findings td:nth-child(2) { width: 9rem; font-family: system-ui, sans-serif; }
.overview { overflow-wrap: break-word; } .overview tbody th { white-space: nowrap; }
.files { font-size: .88rem; list-style: none; margin: .5rem 0; padding: 0; }
.files li { padding: .1rem 0; }
details { margin: .6rem 0; } summary { cursor: pointer; color: var(--soft); font-size: .92rem; }
article { border-top: 2px solid var(--ink); margin-top: 3rem; padding-top: 1.2rem; }
footer { border-top: 2px solid var(--ink); margin-top: 3rem; padding-top: 1.2rem; }
@media (max-width: 44rem) {
  body { padding: 1.2rem 1rem 3rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  table, tbody, tr, th, td { display: block; width: auto; }
  caption { display: block; }
  thead { position: absolute; left: -99rem; }
  tr { border-bottom: 1px solid var(--line); padding: .5rem 0; }
  th, td { border: 0; padding: .1rem 0; }
  .findings tbody th, .findings td:nth-child(2) { width: auto; }
  td::before { content: attr(data-label) ": "; color: var(--soft); font: .85em system-ui, sans-serif; }
  .answer .short { display: block; margin-left: 0; }
}
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --band: #fff; --link: #000; --good: #000;
    --bad: #000; --care: #000; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  article { break-before: page; margin-top: 0; }
  tr, pre, h2, h3 { break-inside: avoid; } h2, h3, caption, thead, .asked { break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  .overview { font-size: .78rem; }
  thead { display: table-header-group; }
  .skip, nav { display: none; }
  details::details-content { content-visibility: visible; }
}
"""
