/** Text in pictures, appended to captions. */
package io.llama3v.data.curate.ocr;
