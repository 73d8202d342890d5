// The consent page's style, in the page itself: its hash is in the policy, so no other style takes effect.

export const consentStyle = `
:root{color-scheme:light dark;--ink:light-dark(#1b1c1f,#e9e9ec);--soft:light-dark(#585b63,#a6a9b3);--line:light-dark(#d5d7dd,#3b3e47);--page:light-dark(#f4f5f7,#141519);--card:light-dark(#fff,#1d1f25);--act:light-dark(#0b57d0,#a8c7fa);--on-act:light-dark(#fff,#062e6f);--bad:light-dark(#a3150b,#ffb4a9)}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:34rem;margin:0 auto;padding:1.5rem 1rem 3rem;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0 1rem}
h2{font-size:1.1rem;margin:0 0 .75rem}
p{margin:.5rem 0}
dl{margin:0 0 1.25rem}
dt{color:var(--soft);font-size:.875rem}
dd{margin:0 0 .6rem}
.small{color:var(--soft);font-size:.875rem}
.error{border-left:.25rem solid var(--bad);padding:.5rem .75rem;background:var(--card);color:var(--bad)}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem;margin:0 0 1rem}
fieldset{border:0;padding:0;margin:0 0 .5rem}
legend{padding:0;color:var(--soft);font-size:.875rem}
.scope{display:flex;gap:.5rem;align-items:baseline;margin:.35rem 0;min-height:1.5rem}
p.scope{display:block}
.scope input[type=checkbox]{width:1.1rem;height:1.1rem;flex:none;transform:translateY(.15rem);accent-color:var(--act)}
.field{display:block;margin:.75rem 0}
.field input{display:block;width:100%;margin-top:.25rem;padding:.6rem;font:inherit;color:inherit;background:var(--page);border:1px solid var(--soft);border-radius:.4rem}
button{display:block;width:100%;margin-top:.75rem;padding:.7rem 1rem;font:inherit;font-weight:600;color:var(--on-act);background:var(--act);border:1px solid transparent;border-radius:.5rem;cursor:pointer}
button.plain{color:var(--ink);background:transparent;border-color:var(--soft);margin:0}
:focus-visible{outline:3px solid var(--act);outline-offset:2px}
`;
