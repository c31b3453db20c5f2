/** Words for tasks: many templates, or the one wording of a benchmark. */
package io.llama3v.data.convert.text;
