/** What a run would cost, without running it: parameters, memory, operations. */
package io.llama3v.train.estimate;
