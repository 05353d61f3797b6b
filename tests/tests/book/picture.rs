//! The picture of the README is what `nbc check` prints about the laboratory with two mistakes in it.

use std::fmt::Write as _;

use crate::hold;
use crate::reader;
use crate::shell::repository;

/// The two mistakes, as a page: the last block is what the picture shows.
const PAGE: &str = "\
```console
$ nbc init lab --template lab
$ cd lab
```
```diff file=platform.nbc
-  memory: 64Gi
+  memory: 64m
```
```diff file=teams/ml-research.nbc
-    chen until 2027-03-31,
+    dena until 2027-06-30,
+    chen until 2027-03-31,
```
```console
$ nbc check
```
";

const GREEN: &str = "#7ee787";
const RED: &str = "#ff7b72";
/// Of one character and one line, in pixels.
const WIDTH: usize = 8;
const HEIGHT: usize = 18;

#[test]
fn the_picture_is_what_is_printed() {
    let page = reader::read("picture", PAGE).corrected;
    let shown = page.rsplit("```console\n").next().unwrap().trim_end_matches("```\n");
    let lines: Vec<&str> = shown.lines().filter(|line| !line.starts_with('[')).collect();
    let picture = repository().join("compiler/docs/src/check.svg");
    assert_eq!(hold(&picture, &svg(&lines)), Vec::<String>::new());
}

fn svg(lines: &[&str]) -> String {
    let width = 40 + WIDTH * lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let height = 32 + HEIGHT * lines.len();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"nbc check shows two mistakes\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n\
         <g font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,monospace\" font-size=\"13\" fill=\"#e6edf3\" \
         xml:space=\"preserve\">\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let color = match line {
            line if line.starts_with("$ ") => format!(" fill=\"{GREEN}\""),
            line if line.contains("error[") || line.starts_with("failed") => format!(" fill=\"{RED}\""),
            _ => String::new(),
        };
        let text = line.replace('&', "&amp;").replace('<', "&lt;");
        let _ = writeln!(svg, "<text x=\"16\" y=\"{}\"{color}>{text}</text>", 28 + HEIGHT * number);
    }
    svg + "</g>\n</svg>\n"
}
