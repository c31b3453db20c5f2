/** Other words for questions and answers from a language model, with a check that the answer survived. */
package io.llama3v.data.convert.rewrite;
