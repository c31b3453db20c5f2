/** Copy detection: a ResNet with generalised-mean pooling that maps pictures to unit vectors, as SSCD does. */
package io.llama3v.vision.copy;
