/** Step 1, quality: rules, language, boilerplate, similarity of picture and text, safety. */
package io.llama3v.data.curate.quality;
