/** Conversations in other projects' formats and in our own, to read and to write. */
package io.llama3v.data.convert.exchange;
