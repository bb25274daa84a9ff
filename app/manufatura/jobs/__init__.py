"""Os jobs: funções sem argumento que se agendam ou se rodam na hora, cada uma fina."""
