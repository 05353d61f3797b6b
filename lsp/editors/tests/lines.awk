# Turns what `tree-sitter parse` prints into the lines of `syntax-tree`: depth, node, place. Comments, fields and what stands
# inside of a text are left out; ERROR and MISSING stay, and so never equal the compiler's tree.
{
  depth = match($0, /[^ ]/) - 1
  line = $0
  sub(/^ */, "", line); sub(/^[a-z_]+: /, "", line)
  if (line !~ /^\((comment|doc_comment|escape_sequence|interpolation) / && match(line, /^\([A-Za-z_]+/)) {
    name = substr(line, 2, RLENGTH - 1)
    place = substr(line, RLENGTH + 1)
    gsub(/\)+$/, "", place)
    if (name == "MISSING") place = " " line
    print depth / 2, name (depth == 0 && name == "source_file" ? "" : place)
  }
}
