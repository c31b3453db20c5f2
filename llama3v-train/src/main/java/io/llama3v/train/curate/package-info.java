/** Models for curation, which itself knows none. */
package io.llama3v.train.curate;
