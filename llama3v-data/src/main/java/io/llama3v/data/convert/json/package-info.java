/** Large JSON files in bounded memory, with errors that name file, line and place. */
package io.llama3v.data.convert.json;
