"""The words of customers' names and cities, and the forms by which one typed with a slip is found again."""

from django.db import models

from b2shift.web.crm.models.published import Published


class SearchWord(Published):
    """A word of letters in some customer's name, trade name or city."""

    word = models.CharField(max_length=80, primary_key=True)

    class Meta:
        verbose_name = "palavra da busca"
        verbose_name_plural = "palavras da busca"

    def __str__(self) -> str:
        return self.word


class SearchForm(Published):
    """The beginning of a word, whole or without one of its letters: two that are one slip apart share a form."""

    id = models.BigAutoField(primary_key=True)
    form = models.CharField(max_length=6)
    word = models.CharField(max_length=80)

    class Meta:
        verbose_name = "forma da busca"
        verbose_name_plural = "formas da busca"
        constraints = [models.UniqueConstraint(fields=["form", "word"], name="search_form_of_word")]

    def __str__(self) -> str:
        return f"{self.form} {self.word}"
