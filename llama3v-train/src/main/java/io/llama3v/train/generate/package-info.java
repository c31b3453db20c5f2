/** Models that answer for other parts of the library. */
package io.llama3v.train.generate;
