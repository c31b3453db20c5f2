/** Model soups: averages of the weights of several trainings. */
package io.llama3v.train.soup;
