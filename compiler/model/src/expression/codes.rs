//! What expressions, numbers, constraints and rules can find: numbers NBC0110 to NBC0199.

nbc_source::codes! {
    pages in "../pages/";
    UNDEFINED_NAME = 110 Error "undefined-name" "a name in an expression that stands for nothing";
    UNKNOWN_CHOICE = 111 Error "unknown-choice" "a word that is none of the values of an enum or variant";
    WRONG_TYPE = 112 Error "wrong-type" "a value of one type stands where another is needed";
    AMBIGUOUS_VALUE = 113 Error "ambiguous-value" "a bare name has two readings that both fit";
    MAY_BE_ABSENT = 114 Error "may-be-absent" "something optional is used without asking whether it is set";
    UNKNOWN_PART = 115 Error "unknown-part" "a path asks for a field that is not there";
    UNKNOWN_FUNCTION = 116 Error "unknown-function" "a call of a function that nobody declared";
    WRONG_UNIT = 117 Error "wrong-unit" "a number carries a unit that cannot be meant here";
    NOT_WHOLE = 118 Error "not-whole" "an amount is finer than nbc counts";
    NUMBER_TOO_LARGE = 119 Error "number-too-large" "a number, or the result of a computation, is too large";
    WRONG_CURRENCY = 120 Error "wrong-currency" "an amount of money is not in the platform's currency";
    UNCLEAR_DIMENSION = 121 Error "unclear-dimension" "a number with a unit does not say of what";
    WRONG_ARGUMENT = 122 Error "wrong-argument" "a call has the wrong arguments";
    FORBIDDEN_READ = 123 Error "forbidden-read" "an expression reads what it may not read in its place";
    DIVISION_BY_ZERO = 124 Error "division-by-zero" "a computation divides by zero";
    TOO_MUCH_WORK = 125 Error "too-much-work" "a computation takes more steps than nbc allows";
    RECURSION = 126 Error "recursion" "a value or function needs itself";
    NOT_A_CONSTANT = 127 Error "not-a-constant" "a computed name depends on something that changes";
    NEGATIVE_COUNT = 128 Error "negative-count" "a count came out below zero";
    OUT_OF_RANGE = 130 Error "out-of-range" "a value lies outside its range";
    WRONG_FORM = 131 Error "wrong-form" "a text does not have the form of its type";
    BROKEN_CONSTRAINT = 132 Error "broken-constraint" "a value breaks what its field asks of it";
    INCOMPLETE_RECORD = 133 Error "incomplete-record" "a record in a list or map lacks a required field";
    REPEATED_KEY = 135 Error "repeated-key" "a record or map says the same key twice";
    NOT_AN_ACTION = 136 Error "not-an-action" "a sentence about access names no action of the thing";
    UNKNOWN_RULE = 140 Error "unknown-rule" "a waiver or test names a rule that does not exist";
    BAD_WAIVER = 141 Error "bad-waiver" "a waiver does not say until when, why, or who approved";
    UNKNOWN_SUBJECT = 142 Error "unknown-subject" "a rule ranges over something that is no kind";
    UNKNOWN_LEVEL = 143 Error "unknown-level" "a rule has a level that does not exist";
    RESERVED_RULE = 144 Error "reserved-rule" "a rule has the name that means: nobody granted it";
}
