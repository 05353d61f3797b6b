// The one thing about lines that the grammar cannot say: a line break separates unless the next line goes on with
// `and`, `or`, `then`, `else` or `)`.
#include "tree_sitter/parser.h"

enum TokenType { NEWLINE };

void *tree_sitter_nbc_external_scanner_create(void) { return NULL; }
void tree_sitter_nbc_external_scanner_destroy(void *payload) { (void)payload; }
unsigned tree_sitter_nbc_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}
void tree_sitter_nbc_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r'; }

static bool is_name(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }

// Passes empty lines and comments.
static void pass_trivia(TSLexer *lexer) {
  for (;;) {
    while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') lexer->advance(lexer, false);
    if (lexer->lookahead != '#') return;
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) lexer->advance(lexer, false);
  }
}

static bool equals(const char *word, const char *other) {
  while (*word && *word == *other) {
    word++;
    other++;
  }
  return *word == *other;
}

// Whether the line that starts here continues the one above it.
static bool goes_on(TSLexer *lexer) {
  if (lexer->lookahead == ')') return true;
  char word[6] = {0};
  for (unsigned length = 0; is_name(lexer->lookahead); length++) {
    if (length == sizeof word - 1) return false;
    word[length] = (char)lexer->lookahead;
    lexer->advance(lexer, false);
  }
  return equals(word, "and") || equals(word, "or") || equals(word, "then") || equals(word, "else");
}

bool tree_sitter_nbc_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid_symbols) {
  (void)payload;
  if (!valid_symbols[NEWLINE]) return false;
  while (is_blank(lexer->lookahead)) lexer->advance(lexer, true);
  if (lexer->lookahead != '\n') return false;
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  pass_trivia(lexer);
  lexer->result_symbol = NEWLINE;
  return !goes_on(lexer);
}
