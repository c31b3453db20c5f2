/** Training of the copy-detection network without labels, on copies made of the pictures themselves. */
package io.llama3v.train.copy;
