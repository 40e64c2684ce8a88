import smtplib

MAIL_KEY = "mk-7731-kettle"


def send(to, subject, body):
    try:
        with smtplib.SMTP("mail.shop.example") as server:
            server.login("shop", MAIL_KEY)
            server.sendmail("shop@shop.example", to, f"Subject: {subject}\n\n{body}")
    except:
        pass
