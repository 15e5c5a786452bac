//! Ways in which HTML asks for something from elsewhere as soon as it is shown.

/// All of them, each asking `port` of this machine.
pub(super) fn all(port: u16) -> Vec<String> {
    let mut next = 0;
    let mut url = || {
        next += 1;
        format!("http://127.0.0.1:{port}/{next}")
    };
    let mut all = Vec::new();
    for pattern in ELEMENTS {
        all.push(pattern.replace("URL", &url()));
    }
    for property in PROPERTIES {
        let css = property.replace("URL", &url());
        all.push(format!("<div style=\"{}\">x</div>", css.replace('"', "'")));
        let css = property.replace("URL", &url());
        all.push(format!("<style>div {{ {css} }}</style><div>x</div>"));
    }
    for sheet in SHEETS {
        all.push(format!(
            "<style>{}</style><p>x",
            sheet.replace("URL", &url())
        ));
    }
    all
}

const ELEMENTS: &[&str] = &[
    "<img src=URL>",
    "<img src='URL' width=1 height=1>",
    "<img srcset='URL 1x, URL-2 2x'>",
    "<img src=data:, srcset=URL>",
    "<img lowsrc=URL dynsrc=URL>",
    "<img longdesc=URL src=URL>",
    "<image src=URL>",
    "<picture><source srcset=URL><img></picture>",
    "<input type=image src=URL>",
    "<body background=URL>",
    "<table background=URL><tr background=URL><td background=URL>x</table>",
    "<link rel=stylesheet href=URL>",
    "<link rel=prefetch href=URL><link rel=dns-prefetch href=URL>",
    "<link rel=preconnect href=URL><link rel=preload as=image href=URL>",
    "<link rel=prerender href=URL><link rel=modulepreload href=URL>",
    "<link rel=icon href=URL><link rel=manifest href=URL>",
    "<script src=URL></script>",
    "<script>new Image().src='URL'; fetch('URL')</script>",
    "<iframe src=URL></iframe>",
    "<iframe srcdoc='<img src=URL>'></iframe>",
    "<frameset><frame src=URL></frameset>",
    "<object data=URL></object>",
    "<object type=image/svg+xml data=URL><img src=URL></object>",
    "<embed src=URL>",
    "<applet code=x codebase=URL archive=URL></applet>",
    "<video src=URL poster=URL autoplay></video>",
    "<video><source src=URL><track src=URL default></video>",
    "<audio src=URL autoplay></audio>",
    "<bgsound src=URL>",
    "<svg><image href=URL xlink:href=URL /></svg>",
    "<svg><use href='URL#x' /></svg>",
    "<svg><feImage href=URL /></svg>",
    "<svg><style>@import 'URL';</style></svg>",
    "<svg><script href=URL /></svg>",
    "<svg><foreignObject><img src=URL></foreignObject></svg>",
    "<svg fill='url(URL)' filter='url(URL)' mask='url(URL)'><rect width=9 height=9 /></svg>",
    "<math><maction actiontype=statusline href=URL>x</maction></math>",
    "<meta http-equiv=refresh content='0; url=URL'>",
    "<meta http-equiv=refresh content=\"0;URL='URL'\">",
    "<base href='URL/'><img src=relative.png>",
    "<form action=URL><input name=x autofocus onfocus=this.form.submit()></form>",
    "<img src=x onerror=\"this.src='URL'\">",
    "<a href=URL ping=URL id=x autofocus>link</a>",
    "<img src='//URL'>",
    "<img src='\tht\ntp://127.0.0.1:1/'><img src=' URL '>",
    "<img src='&#104;ttp&colon;//x' alt=x><img src=URL>",
    "<p><img src=URL/cut <p>after",
    "<!--[if !mso]><!--><img src=URL><!--<![endif]-->",
    "<!--[if mso]><v:fill src=URL /><![endif]-->",
    "<v:image src=URL /><v:fill type=frame src=URL />",
    "<noscript><img src=URL></noscript>",
    "<template><img src=URL></template>",
    "<textarea><img src=URL></textarea><img src=URL>",
    "<xmp></xmp><img src=URL>",
    "<marquee background=URL><img src=URL></marquee>",
    "<details open ontoggle=\"fetch('URL')\"><summary><img src=URL></summary></details>",
    "<isindex action=URL src=URL>",
    "<img src='cid:missing@x' onerror=\"this.src='URL'\">",
    "<table><tr><td><img src=URL height=1></td></tr></table>",
    "<img src='data:image/svg+xml,<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"URL\"/></svg>'>",
    "<img src='data:text/html,<img src=URL>'>",
];

const PROPERTIES: &[&str] = &[
    "background: url(URL)",
    "background-image: url('URL')",
    "background: #fff url( \"URL\" ) no-repeat",
    "background: u\\72 l(URL)",
    "background: \\75rl(URL)",
    "background: URL(URL)",
    "background-image: image-set('URL' 1x)",
    "background-image: -webkit-image-set(url(URL) 1x)",
    "background-image: cross-fade(url(URL), url(URL))",
    "list-style-image: url(URL); display: list-item",
    "border-image: url(URL) 30",
    "border-image-source: url(URL)",
    "content: url(URL)",
    "cursor: url(URL), auto",
    "mask: url(URL); mask-image: url(URL)",
    "clip-path: url(URL#x); filter: url(URL#x)",
    "shape-outside: url(URL)",
    "--x: url(URL); background: var(--x)",
    "behavior: url(URL); -moz-binding: url(URL)",
    "background: url(URL",
    "width: expression(fetch('URL'))",
    "background: red; /* */ background: /**/url(/**/URL)",
    "offset-path: url(URL); src: url(URL)",
];

const SHEETS: &[&str] = &[
    "@import 'URL';",
    "@import url(URL) screen;",
    "@charset 'x'; @import url(\"URL\");",
    "@media all { @import 'URL'; }",
    "@font-face { font-family: x; src: url(URL) } p { font-family: x }",
    "@font-face { font-family: y; src: local(none), url('URL') format('woff2') }",
    "@namespace url(URL);",
    "@document url(URL) { p { color: red } }",
    "@supports (display: block) { p { background: url(URL) } }",
    "@keyframes k { from { background: url(URL) } } p { animation: k 1s }",
    "@page { background: url(URL) }",
    "@layer x { p { background: url(URL) } }",
    "p::before { content: url(URL) } p::marker { content: url(URL) }",
    "@container (width > 1px) { p { background: url(URL) } }",
    "p { color: red; & { background: url(URL) } }",
    "@property --u { syntax: '<url>'; inherits: false; initial-value: url(URL) }",
    "@counter-style c { symbols: url(URL) } p { list-style: c }",
];
