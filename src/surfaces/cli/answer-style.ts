/** The style sheet of the page: one column of calm, light and dark, from 390 px up, and for paper. */
import { rollUpLooks } from "./roll-up-look.ts";

const colors = (theme: "light" | "dark"): string => rollUpLooks.map((look) => `--${look.name}:${look[theme]};`).join("");

const lightColors = `--paper:#fbfaf7;--card:#ffffff;--ink:#1d1b18;--soft:#5b564d;--line:#e3dfd6;--edge:rgba(29,27,24,.5);--accent:#2a56ad;--warn:#8a3408;--warn-paper:#fdf0e6;${colors("light")}`;

/** How the charts look, wherever they stand. */
const chartRules = `
.hatch path{stroke:var(--paper);stroke-width:1.4;stroke-opacity:.62;fill:none}
.hatch .dot{stroke-width:2.6;stroke-linecap:round;stroke-opacity:.8}
.bar rect,.weeks rect,.swatch rect{stroke:var(--edge);stroke-width:1}
.bar text{font-size:15px;font-weight:650;fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:5px;stroke-linejoin:round}
.axis text,.weeks text{font-size:12.5px;fill:var(--soft)}
.grid line{stroke:var(--line);stroke-width:1}`.trim();

/** Style of a picture that stands alone: light, for mails and slides have a paper of their own. */
export const pictureStyle = `
svg{${lightColors}overflow:visible}
text{font:15px ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink);font-variant-numeric:tabular-nums}
.head{font:600 30px ui-serif,"Iowan Old Style",Palatino,Georgia,"DejaVu Serif",serif}
.strong{font-weight:650}.soft{fill:var(--soft)}.warn{fill:var(--warn);font-weight:600}
${chartRules}`.trim();

export const answerStyle = `
:root{color-scheme:light dark;${lightColors}}
@media (prefers-color-scheme:dark){:root{--paper:#151517;--card:#1d1d20;--ink:#f1eee8;--soft:#b3ada2;--line:#34333a;--edge:rgba(241,238,232,.45);--accent:#8db8ee;--warn:#ffc79e;--warn-paper:#3a2415;${colors("dark")}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
main,footer{max-width:1080px;margin:0 auto;padding:0 20px}
main{padding-top:40px}
h1,h2,.figure b{font-family:ui-serif,"Iowan Old Style",Palatino,Georgia,"DejaVu Serif",serif;font-weight:600;letter-spacing:-.01em}
h1{font-size:clamp(2rem,6vw,3.25rem);line-height:1.1;margin:.2em 0 .35em;text-wrap:balance}
h2{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
h3{font-size:.95rem;margin:1.5rem 0 .4rem}
p{margin:0 0 .75rem}
.eyebrow,.small,caption{color:var(--soft);font-size:.9rem}
.eyebrow{margin:0}
.verdict{font-size:clamp(1.1rem,2.4vw,1.35rem);line-height:1.45;max-width:46em;text-wrap:pretty}
.notice{background:var(--warn-paper);color:var(--warn);border-left:4px solid currentColor;padding:.6rem .9rem;border-radius:0 6px 6px 0;font-weight:600;margin:0 0 1rem}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:1px;background:var(--line);border:1px solid var(--line);border-radius:10px;overflow:hidden;margin:1.75rem 0 2rem}
.figure{background:var(--card);padding:.85rem 1rem}
.figure b{display:block;font-size:1.6rem;line-height:1.2}
.figure span{color:var(--soft);font-size:.88rem;line-height:1.35;display:block;margin-top:.15rem}
section{margin:0 0 3.25rem}
section.main{margin-bottom:2.5rem}
svg{display:block;overflow:visible}
.definitions{position:absolute}
${chartRules}
.swatch{display:inline-block;vertical-align:-.15em;margin-right:.6rem;flex:none}
.share{max-width:100%;min-width:48px}
.share .rest{fill:var(--line)}.share .part{fill:var(--bought)}.share .maybe{fill:url(#fill-ripening)}
.plot{display:flex;margin-top:.5rem}
.axis{flex:none}
table{border-collapse:collapse;width:100%;font-size:.95rem}
th,td{text-align:left;padding:.5rem .9rem .5rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:500;font-size:.85rem;vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:600}
.n{text-align:right;white-space:nowrap}
.long{overflow-wrap:anywhere}
tr.fate th,tr.fate td{border-bottom-style:dotted;font-size:.88rem;color:var(--soft);font-weight:400;padding-top:.25rem;padding-bottom:.25rem}
tr.fate th{padding-left:calc(16px + .6rem)}
tfoot th,tfoot td{border-bottom:0;font-weight:650}
.ledger{margin-top:1.25rem}
.group{display:flex}.group small{font-weight:400;color:var(--soft);font-size:.9rem;margin-left:.6rem}
.unseen{display:flex;flex-wrap:wrap;gap:.2rem 1.25rem;font-weight:400}.unseen span{white-space:nowrap}
.band{display:inline-block;min-width:4.6em;margin-left:.45em;color:var(--soft);font-weight:400;font-size:.88em;text-align:left}
.under{display:block;font-weight:400;color:var(--soft);font-size:.88rem}
td.meter{width:170px}
caption{text-align:left;padding:0 0 .4rem}
.sure{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,310px),1fr));gap:1.25rem 2.5rem;margin:0}
.sure div{border-top:2px solid var(--line);padding-top:.6rem}
.sure dt{color:var(--soft);font-size:.88rem}.sure dd{margin:.1rem 0 0}.sure dd svg{margin-top:.45rem}
.unknowns{margin:0;padding-left:1.1rem;max-width:52em}.unknowns li{margin:.3rem 0}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:2.5rem}
details{margin-top:.9rem}summary{cursor:pointer;color:var(--accent);font-size:.92rem;width:fit-content}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
.scroll{overflow-x:auto;max-width:100%}
code{font:.86em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
footer{color:var(--soft);font-size:.9rem;border-top:1px solid var(--line);padding-top:1.25rem;padding-bottom:3rem}
@media (max-width:640px){main{padding-top:24px}section{margin-bottom:2.5rem}th,td{padding-right:.5rem}thead th{white-space:normal}.ledger{font-size:.84rem}.ledger .swatch{margin-right:.4rem}tr.fate th{padding-left:calc(16px + .4rem)}table{font-size:.88rem}.wide-only{display:none}.figure b{font-size:1.35rem}.group small{display:block;margin:0}td.meter{width:auto}td.meter svg{display:none}.band{display:block;min-width:0;margin:0;text-align:right}.bar text{font-size:13px}}
@page{margin:14mm}
@media print{:root{color-scheme:light;${lightColors}}body{background:#fff}details>*{display:block}section{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`.trim();
