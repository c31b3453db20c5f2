/** The Llama language model: configuration, blocks, key/value cache and text generation. */
package io.llama3v.llama;
